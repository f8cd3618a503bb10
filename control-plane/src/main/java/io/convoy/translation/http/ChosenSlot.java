package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.common.mutation_rules.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcherPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutationPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.Mutations;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A slot that the requests of a route pass: what {@link SlotChoice} wrote, read back.
 *
 * @param resource the name of the extension in it
 * @param issuer whose tokens' requests pass it; absent, all do
 */
public record ChosenSlot(String resource, Optional<String> issuer) {
  private static final String HEADER = "x-convoy-";
  private static final String IDENTITY = "-id";

  /** Those that a route's {@code typed_per_filter_config} says. */
  public static ImmutableList<ChosenSlot> of(Map<String, Any> configs) {
    Any byRoute = configs.get(SlotChoice.BY_ROUTE);
    Any byIssuer = configs.get(SlotChoice.BY_ISSUER);
    var chosen = ImmutableList.<ChosenSlot>builder();
    if (byRoute != null) {
      Mutations all = unpack(byRoute, HeaderMutationPerRoute.class).getMutations();
      chosen.addAll(of(all, Optional.empty()).toList());
    }
    if (byIssuer != null) {
      unpack(byIssuer, ExtensionWithMatcherPerRoute.class)
          .getXdsMatcher()
          .getMatcherTree()
          .getExactMatchMap()
          .getMapMap()
          .forEach((issuer, next) -> {
            var action = unpack(next.getAction().getTypedConfig(), ExecuteFilterAction.class);
            var filter =
                unpack(
                    action.getTypedConfig().getTypedConfig(),
                    io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation
                        .class);
            chosen.addAll(of(filter.getMutations(), Optional.of(issuer)).toList());
          });
    }
    return chosen.build();
  }

  private static Stream<ChosenSlot> of(Mutations mutations, Optional<String> issuer) {
    List<HeaderMutation> all = mutations.getRequestMutationsList();
    return all.stream()
        .filter(HeaderMutation::hasAppend)
        .map(mutation -> mutation.getAppend().getHeader())
        .filter(header -> header.getKey().startsWith(HEADER) && !header.getKey().endsWith(IDENTITY))
        .map(header ->
            new ChosenSlot(
                header.getKey().substring(HEADER.length()) + "/" + header.getValue(), issuer));
  }

  private static <T extends Message> T unpack(Any packed, Class<T> type) {
    try {
      return packed.unpack(type);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("no choice of slots", e);
    }
  }
}
