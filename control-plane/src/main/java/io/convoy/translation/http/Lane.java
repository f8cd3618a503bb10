package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.Comparator;

/**
 * A place in the filter chain that holds many filters side by side, each in a slot: a request
 * passes the one that its route says. The slots are prepared in the listener, and their content
 * comes by ECDS, so that a policy that is added, changed or removed touches no listener and no
 * other policy's state.
 *
 * <p>The order of lanes is their order in the chain.
 *
 * @param index from 0, among the lanes of its kind
 */
public record Lane(Kind kind, int index) implements Comparable<Lane> {
  private static final Comparator<Lane> ORDER =
      Comparator.comparing(Lane::kind).thenComparingInt(Lane::index);

  /** What the slots of a lane hold. */
  public enum Kind {
    /** Who has a token. First: what follows reads its claims. */
    JWT("jwt", JwtAuthentication.getDefaultInstance()),
    /** Whose token is taken back. */
    REVOCATION("revocation", RBAC.getDefaultInstance()),
    /** Who may do what. */
    AUTHORIZATION("rbac", RBAC.getDefaultInstance()),
    /** How many requests. After the guards: what they refuse takes no token from a bucket. */
    LIMIT("limit", LocalRateLimit.getDefaultInstance()),
    /** How many requests of one JWT provider. */
    PROVIDER_LIMIT("provider-limit", LocalRateLimit.getDefaultInstance());

    private final String label;
    private final Message content;

    Kind(String label, Message content) {
      this.label = label;
      this.content = content;
    }

    /** Whether a slot without content, and a request without a slot, is refused. */
    boolean guards() {
      return this == JWT || this == REVOCATION || this == AUTHORIZATION;
    }
  }

  /** The lane's name: a part of those of its filter and of the resources in its slots. */
  public String name() {
    return kind.guards() ? kind.label : kind.label + "-" + index;
  }

  /** The name of the lane's filter, which routes switch on. */
  public String filterName() {
    return "convoy." + name();
  }

  /** The header of a request that says which slot it passes; it never leaves Envoy. */
  public String header() {
    return "x-convoy-" + name();
  }

  /**
   * The header of a request that says what the slot must hold. A guard lets nothing pass without
   * it: for a moment, an Envoy may have one document's route and another's content.
   */
  public String identityHeader() {
    return header() + "-id";
  }

  /** The name of the resource in a slot. */
  public String resourceName(int slot) {
    return name() + "/" + slot;
  }

  /** The filter, with {@code slots} slots; passes everything until a route switches it on. */
  HttpFilter filter(int slots, ConfigSource source) {
    var matcher = Matchers.exactHeader(header());
    for (int slot = 0; slot < slots; slot++) {
      matcher.put(Integer.toString(slot), action(slot, source));
    }
    return Composites.filter(
        filterName(),
        kind.guards() ? matcher.orElse(Composites.action(Deny.NAME, Deny.FILTER)) : matcher);
  }

  private ExecuteFilterAction action(int slot, ConfigSource source) {
    String name = resourceName(slot);
    Any empty = kind.guards() ? Any.pack(Deny.FILTER) : Any.pack(OPEN);
    return ExecuteFilterAction.newBuilder()
        .setDynamicConfig(
            io.envoyproxy.envoy.extensions.filters.http.composite.v3.DynamicConfig.newBuilder()
                .setName(name)
                .setConfigDiscovery(
                    ExtensionConfigSource.newBuilder()
                        .setConfigSource(source)
                        .setDefaultConfig(empty)
                        .setApplyDefaultConfigWithoutWarming(true)
                        .addAllTypeUrls(typeUrls())))
        .build();
  }

  private ImmutableList<String> typeUrls() {
    String own = Any.pack(kind.content).getTypeUrl();
    return kind == Kind.JWT
        ? ImmutableList.of(own, Any.pack(Deny.FILTER).getTypeUrl())
        : ImmutableList.of(own);
  }

  private static final LocalRateLimit OPEN =
      LocalRateLimit.newBuilder().setStatPrefix("empty-slot").build();

  @Override
  public int compareTo(Lane other) {
    return ORDER.compare(this, other);
  }
}
