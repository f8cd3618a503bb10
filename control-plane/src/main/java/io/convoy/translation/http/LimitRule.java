package io.convoy.translation.http;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.AddressRange;
import io.convoy.policy.RateLimit.Limit;
import io.convoy.policy.RateLimit.Rule;
import io.convoy.policy.RateLimit.Selector;
import io.convoy.policy.RequestMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One rule of a limit in Envoy's terms.
 *
 * @param actions make a descriptor of a request that the rule matches, and none of any other
 * @param descriptor the bucket for it, or, with a value left out, one for each value
 */
record LimitRule(RateLimit actions, LocalRateLimitDescriptor descriptor) {
  private static final int OFF = 1;

  /** The rule at this place of its policy; empty where no request can match it. */
  static Optional<LimitRule> of(int index, Rule rule, Map<String, String> issuers) {
    boolean unknown =
        rule.selectors().stream()
            .anyMatch(selector ->
                selector instanceof Selector.JwtProvider(String provider)
                    && !issuers.containsKey(provider));
    return unknown ? Optional.empty() : Optional.of(new Writer(index).write(rule, issuers));
  }

  private static final class Writer {
    private final RateLimit.Builder actions = RateLimit.newBuilder();
    private final LocalRateLimitDescriptor.Builder descriptor =
        LocalRateLimitDescriptor.newBuilder();
    private final List<HeaderMatcher> conditions = new ArrayList<>();

    Writer(int index) {
      String place = Integer.toString(index);
      actions
          .addActionsBuilder()
          .getGenericKeyBuilder()
          .setDescriptorKey("rule")
          .setDescriptorValue(place);
      entry("rule", place);
    }

    LimitRule write(Rule rule, Map<String, String> issuers) {
      for (int i = 0; i < rule.selectors().size(); i++) {
        write("selector-" + i, rule.selectors().get(i), issuers);
      }
      if (!conditions.isEmpty()) {
        actions
            .addActionsBuilder()
            .getHeaderValueMatchBuilder()
            .setDescriptorKey("headers")
            .setDescriptorValue("match")
            .addAllHeaders(conditions);
        entry("headers", "match");
      }
      descriptor.setTokenBucket(bucket(rule.limit()));
      if (rule.shadow()) {
        NewerFields.SHADOW_MODE.set(descriptor, 1);
        NewerFields.X_RATELIMIT_OPTION.set(actions, OFF);
      }
      return new LimitRule(actions.build(), descriptor.build());
    }

    private void write(String key, Selector selector, Map<String, String> issuers) {
      switch (selector) {
        case Selector.Header header -> header(key, header);
        case Selector.Path(RequestMatch.Path path) -> conditions.add(HeaderMatchers.path(path));
        case Selector.Method(String method) ->
            conditions.add(HeaderMatchers.method(Set.of(method)));
        case Selector.ClientAddress address -> clientAddress(address);
        case Selector.JwtClaim claim -> claim(key, claim);
        case Selector.JwtProvider(String provider) ->
            conditions.add(
                HeaderMatchers.header(
                    new RequestMatch.Header(
                        SlotChoice.ISSUER,
                        new RequestMatch.Value.Exact(
                            Objects.requireNonNull(issuers.get(provider)), false),
                        false)));
      }
    }

    private void header(String key, Selector.Header header) {
      boolean anyValue = header.value() instanceof RequestMatch.Value.Present;
      if (!header.distinct() || !anyValue) {
        conditions.add(
            HeaderMatchers.header(new RequestMatch.Header(header.name(), header.value(), false)));
      }
      if (header.distinct()) {
        actions
            .addActionsBuilder()
            .getRequestHeadersBuilder()
            .setDescriptorKey(key)
            .setHeaderName(header.name());
        everyValue(key);
      }
    }

    private void clientAddress(Selector.ClientAddress address) {
      address.range().ifPresent(this::range);
      if (address.distinct()) {
        actions.addActionsBuilder().setRemoteAddress(Action.RemoteAddress.getDefaultInstance());
        everyValue("remote_address");
      }
    }

    /**
     * Envoy cuts the client's address to the range's length: the range itself is what must come.
     */
    private void range(AddressRange range) {
      var mask = actions.addActionsBuilder().getMaskedRemoteAddressBuilder();
      var bits = UInt32Value.of(range.bits());
      if (range.address() instanceof Inet4Address) {
        mask.setV4PrefixMaskLen(bits);
      } else {
        mask.setV6PrefixMaskLen(bits);
      }
      entry("masked_remote_address", range.toString());
    }

    /** By an expression: unlike {@code metadata}, it knows numbers and booleans, too. */
    private void claim(String key, Selector.JwtClaim claim) {
      boolean anyValue = claim.value().isEmpty() && !claim.distinct();
      actions
          .addActionsBuilder()
          .getExtensionBuilder()
          .setName("envoy.rate_limit_descriptors.expr")
          .setTypedConfig(
              Any.pack(
                  Descriptor.newBuilder()
                      .setDescriptorKey(key)
                      .setText(anyValue ? Claims.given(claim.path()) : Claims.value(claim.path()))
                      .build()));
      if (anyValue) {
        entry(key, "true");
      } else {
        claim.value().ifPresentOrElse(value -> entry(key, value), () -> everyValue(key));
      }
    }

    private void everyValue(String key) {
      entry(key, "");
    }

    private void entry(String key, String value) {
      descriptor.addEntriesBuilder().setKey(key).setValue(value);
    }
  }

  private static TokenBucket bucket(Limit limit) {
    return TokenBucket.newBuilder()
        .setMaxTokens(limit.burst())
        .setTokensPerFill(UInt32Value.of(limit.requests()))
        .setFillInterval(Duration.newBuilder().setSeconds(limit.unit().length().toSeconds()))
        .build();
  }
}
