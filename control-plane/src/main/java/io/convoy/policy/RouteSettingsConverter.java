package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.config.v1.BackendTrafficPolicyProto.BackendTrafficPolicy;
import io.convoy.policy.Compression.Algorithm;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** What a {@code backend-traffic-policy} says about the requests of a route. */
final class RouteSettingsConverter {
  private static final int RETRIES = 2;
  private static final int MIN_COMPRESSED = 1024;
  private static final ImmutableMap<String, Algorithm> ALGORITHMS =
      ImmutableMap.of("zstd", Algorithm.ZSTD, "brotli", Algorithm.BROTLI, "gzip", Algorithm.GZIP);

  private RouteSettingsConverter() {}

  static RouteSettings convert(BackendTrafficPolicy message, At at) {
    var http = message.getTimeout().getHttp();
    At httpAt = at.field("Timeout").field("HTTP");
    return new RouteSettings(
        new Timeouts(
            httpAt
                .field("RequestTimeout")
                .timeout(http.hasRequestTimeout(), http.getRequestTimeout()),
            httpAt
                .field("StreamIdleTimeout")
                .timeout(http.hasStreamIdleTimeout(), http.getStreamIdleTimeout())),
        httpAt
            .field("MaxStreamDuration")
            .timeout(http.hasMaxStreamDuration(), http.getMaxStreamDuration()),
        message.hasRetry() ? retry(message.getRetry(), at.field("Retry")) : Optional.empty(),
        message.hasCompression()
            ? Optional.of(compression(message.getCompression(), at.field("Compression")))
            : Optional.empty(),
        message.hasMirror()
            ? Optional.of(mirror(message.getMirror(), at.field("Mirror")))
            : Optional.empty(),
        message.hasFaultInjection()
            ? Optional.of(fault(message.getFaultInjection(), at.field("FaultInjection")))
            : Optional.empty());
  }

  /** A budget alone says nothing about when to try again. */
  private static Optional<RetryRules> retry(BackendTrafficPolicy.Retry retry, At at) {
    if (retry.hasBudget()
        && !retry.hasNumRetries()
        && !retry.hasRetryOn()
        && !retry.hasPerRetry()) {
      return Optional.empty();
    }
    At onAt = at.field("RetryOn");
    BackendTrafficPolicy.PerRetry each = retry.getPerRetry();
    At eachAt = at.field("PerRetry");
    return Optional.of(
        new RetryRules(
            new Retries(
                OptionalInt.of(retry.hasNumRetries() ? retry.getNumRetries() : RETRIES),
                HttpChecks.retryConditions(
                        onAt.field("Triggers"), retry.getRetryOn().getTriggersList())
                    .asList(),
                HttpChecks.statuses(
                    onAt.field("HTTPStatusCodes"), retry.getRetryOn().getHttpStatusCodesList())),
            eachAt.field("Timeout").millis(each.hasTimeout(), each.getTimeout()),
            each.hasBackOff()
                ? Optional.of(backOff(each.getBackOff(), eachAt.field("BackOff")))
                : Optional.empty()));
  }

  private static RetryRules.BackOff backOff(BackendTrafficPolicy.BackOff message, At at) {
    Duration base =
        at.field("BaseInterval")
            .millis(message.hasBaseInterval(), message.getBaseInterval())
            .orElse(Duration.ofMillis(25));
    Optional<Duration> max =
        at.field("MaxInterval").millis(message.hasMaxInterval(), message.getMaxInterval());
    max.ifPresent(time ->
        at.field("MaxInterval")
            .require(
                time.compareTo(base) >= 0,
                GoDuration.shown(time),
                "expected at least BaseInterval, " + GoDuration.shown(base)));
    return new RetryRules.BackOff(base, max.orElse(base.multipliedBy(10)));
  }

  private static Compression compression(BackendTrafficPolicy.Compression message, At at) {
    if (message.getDisabled()) {
      at.require(
          message.getAlgorithmsCount() == 0
              && message.getContentTypesCount() == 0
              && !message.hasMinContentLength(),
          "both Disabled and other fields",
          "expected Disabled alone");
      return new Compression(ImmutableList.of(), ImmutableList.of(), MIN_COMPRESSED);
    }
    var types = ImmutableSet.<String>builder();
    for (int i = 0; i < message.getContentTypesCount(); i++) {
      types.add(contentType(at.field("ContentTypes").index(i), message.getContentTypes(i)));
    }
    return new Compression(
        algorithms(message, at.field("Algorithms")),
        types.build().asList(),
        message.hasMinContentLength()
            ? at.field("MinContentLength")
                .range(message.getMinContentLength(), 1, Integer.MAX_VALUE)
            : MIN_COMPRESSED);
  }

  private static ImmutableList<Algorithm> algorithms(
      BackendTrafficPolicy.Compression message, At at) {
    if (message.getAlgorithmsCount() == 0) {
      return ALGORITHMS.values().asList();
    }
    var algorithms = new java.util.LinkedHashSet<Algorithm>();
    for (int i = 0; i < message.getAlgorithmsCount(); i++) {
      String name = message.getAlgorithms(i);
      at.index(i)
          .require(
              algorithms.add(at.index(i).oneOf(ALGORITHMS, name)),
              Value.quoted(name),
              "expected every algorithm once");
    }
    return ImmutableList.copyOf(algorithms);
  }

  /** Envoy compares the whole type, without parameters. */
  private static String contentType(At at, String type) {
    int slash = type.indexOf('/');
    String expected = "expected a content type such as application/json";
    at.require(slash > 0, Value.quoted(type), expected);
    HttpChecks.token(at, type.substring(0, slash), expected);
    HttpChecks.token(at, type.substring(slash + 1), expected);
    return type;
  }

  private static Mirror mirror(BackendTrafficPolicy.Mirror message, At at) {
    return new Mirror(
        at.field("Service").name(message.getService()),
        message.getServiceSubset(),
        at.field("Percentage").percentage(message.hasPercentage(), message.getPercentage()));
  }

  private static FaultInjection fault(BackendTrafficPolicy.FaultInjection message, At at) {
    return new FaultInjection(
        message.hasDelay()
            ? Optional.of(delay(message.getDelay(), at.field("Delay")))
            : Optional.empty(),
        message.hasAbort()
            ? Optional.of(abort(message.getAbort(), at.field("Abort")))
            : Optional.empty());
  }

  private static FaultInjection.Delay delay(BackendTrafficPolicy.FaultDelay delay, At at) {
    return new FaultInjection.Delay(
        at.field("FixedDelay")
            .millis(delay.hasFixedDelay(), delay.getFixedDelay())
            .orElseThrow(() -> at.field("FixedDelay").refusal("nothing", "expected a duration")),
        at.field("Percentage").percentage(delay.hasPercentage(), delay.getPercentage()));
  }

  private static FaultInjection.Abort abort(BackendTrafficPolicy.FaultAbort abort, At at) {
    at.require(
        abort.hasHttpStatus() != abort.hasGrpcStatus(),
        abort.hasHttpStatus() ? "both of them" : "neither of them",
        "expected exactly one of HTTPStatus, GRPCStatus");
    return new FaultInjection.Abort(
        abort.hasGrpcStatus(),
        abort.hasGrpcStatus()
            ? at.field("GRPCStatus").range(abort.getGrpcStatus(), 0, 16)
            : at.field("HTTPStatus").range(abort.getHttpStatus(), 200, 599),
        at.field("Percentage").percentage(abort.hasPercentage(), abort.getPercentage()));
  }
}
