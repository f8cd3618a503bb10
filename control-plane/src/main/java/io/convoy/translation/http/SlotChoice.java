package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.Map;

/**
 * Says which slots a request passes, by headers that never leave Envoy: some for all requests of a
 * route, some by the issuer of their token.
 */
public final class SlotChoice {
  /** The claims that other filters read. A token's verification sets them, a client cannot. */
  public static final String ISSUER = "x-convoy-jwt-iss";

  public static final String SUBJECT = "x-convoy-jwt-sub";
  public static final String TOKEN_ID = "x-convoy-jwt-jti";
  public static final ImmutableList<String> CLAIMS = ImmutableList.of(ISSUER, SUBJECT, TOKEN_ID);

  /** The name of the filter that sets the headers of a route. */
  public static final String BY_ROUTE = "convoy.slots";

  /** The name of the filter that sets those of a token's issuer. */
  public static final String BY_ISSUER = "convoy.slots-by-issuer";

  private SlotChoice() {}

  /**
   * Before everything that reads the headers: what a client sent in them is gone. And after
   * everything that answers.
   */
  static HttpFilter byRoute() {
    return HttpFilter.newBuilder()
        .setName(BY_ROUTE)
        .setDisabled(true)
        .setTypedConfig(
            Any.pack(
                io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                    .newBuilder()
                    .setMutations(
                        Mutations.newBuilder()
                            .addAllResponseMutations(LocalReplies.responseMutations()))
                    .build()))
        .build();
  }

  /** After the token's verification. */
  static HttpFilter byIssuer() {
    return Composites.filter(BY_ISSUER);
  }

  /** For the route's {@link #BY_ROUTE}: {@code headers} replace what is there. */
  public static Any perRoute(Map<String, String> headers) {
    var mutations = Mutations.newBuilder();
    CLAIMS.forEach(
        claim -> mutations.addRequestMutations(HeaderMutation.newBuilder().setRemove(claim)));
    set(headers, mutations);
    return Any.pack(HeaderMutationPerRoute.newBuilder().setMutations(mutations).build());
  }

  /** For the route's {@link #BY_ISSUER}: the headers to set, by issuer. */
  public static Any perRouteByIssuer(
      ImmutableSortedMap<String, ImmutableSortedMap<String, String>> headers) {
    var matcher = Matchers.exactHeader(ISSUER);
    headers.forEach((issuer, toSet) -> {
      var filter =
          io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
              .newBuilder();
      set(toSet, filter.getMutationsBuilder());
      matcher.put(issuer, Composites.action("slots", filter.build()));
    });
    return Any.pack(
        ExtensionWithMatcherPerRoute.newBuilder().setXdsMatcher(matcher.build()).build());
  }

  private static void set(Map<String, String> headers, Mutations.Builder mutations) {
    headers.forEach((name, value) ->
        mutations.addRequestMutations(
            HeaderMutation.newBuilder()
                .setAppend(
                    HeaderValueOption.newBuilder()
                        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
                        .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD))));
  }
}
