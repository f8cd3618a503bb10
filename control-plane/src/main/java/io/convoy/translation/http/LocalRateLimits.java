package io.convoy.translation.http;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RateLimit.Local;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.util.Map;

/**
 * Envoy's local rate limits: one filter for a policy at one of its targets.
 *
 * <p>Each rule is an entry of {@code rate_limits}, which makes at most one descriptor of a request,
 * and the one descriptor in {@code descriptors} that can match it. Envoy lets a request pass when
 * each of its descriptors that matches has a token, the slowest bucket first; without a default
 * bucket, what none matches passes. A bucket fills evenly, not at the end of its interval: a limit
 * of 5 an hour gives one token back every 12 minutes.
 */
public final class LocalRateLimits {
  /** The text of a refusal, and its media type, on their way to {@link LocalReplies}. */
  static final String BODY = "x-convoy-body";

  static final String BODY_TYPE = "x-convoy-body-type";

  private static final RuntimeFractionalPercent ALWAYS =
      RuntimeFractionalPercent.newBuilder()
          .setDefaultValue(FractionalPercent.newBuilder().setNumerator(100))
          .build();

  private LocalRateLimits() {}

  /**
   * The filter.
   *
   * @param id of the policy
   * @param issuers of the providers, by their names; a rule that names another never matches
   */
  public static LocalRateLimit filter(DocumentId id, Local limits, Map<String, String> issuers) {
    var filter =
        LocalRateLimit.newBuilder()
            .setStatPrefix(id.toString())
            .setStatus(HttpStatus.newBuilder().setCode(StatusCode.forNumber(limits.status())))
            .setFilterEnabled(ALWAYS)
            .setFilterEnforced(ALWAYS)
            .setRateLimitedAsResourceExhausted(true)
            .setAlwaysConsumeDefaultTokenBucket(BoolValue.of(false))
            .setMaxDynamicDescriptors(UInt32Value.of(limits.maxDistinct()));
    if (limits.responseHeaders()) {
      filter.setEnableXRatelimitHeaders(XRateLimitHeadersRFCVersion.DRAFT_VERSION_03);
      NewerFields.ENABLE_RETRY_AFTER_HEADER.set(filter, 1);
    }
    limits.body().ifPresent(body -> filter.addResponseHeadersToAdd(header(BODY, body)));
    limits.contentType().ifPresent(type -> filter.addResponseHeadersToAdd(header(BODY_TYPE, type)));
    for (int i = 0; i < limits.rules().size(); i++) {
      LimitRule.of(i, limits.rules().get(i), issuers)
          .ifPresent(
              rule -> filter.addRateLimits(rule.actions()).addDescriptors(rule.descriptor()));
    }
    return filter.build();
  }

  private static HeaderValueOption header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value.replace("%", "%%")))
        .build();
  }
}
