package io.convoy.policy;

import io.convoy.config.v1.BackendTrafficPolicyProto.BackendTrafficPolicy;
import io.convoy.policy.ActiveHealthCheck.Probe;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The health checks of a {@code backend-traffic-policy}. */
final class HealthCheckConverter {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final Duration INTERVAL = Duration.ofSeconds(3);
  private static final Duration BASE_EJECTION = Duration.ofSeconds(30); // Envoy's default

  private HealthCheckConverter() {}

  static ActiveHealthCheck active(BackendTrafficPolicy.ActiveHealthCheck check, At at) {
    Duration interval =
        at.field("Interval").millis(check.hasInterval(), check.getInterval()).orElse(INTERVAL);
    return new ActiveHealthCheck(
        at.field("Timeout").millis(check.hasTimeout(), check.getTimeout()).orElse(TIMEOUT),
        interval,
        at.field("NoTrafficInterval")
            .millis(check.hasNoTrafficInterval(), check.getNoTrafficInterval())
            .orElse(interval),
        at.field("UnhealthyInterval")
            .millis(check.hasUnhealthyInterval(), check.getUnhealthyInterval())
            .orElse(interval),
        at.field("InitialJitter").millis(check.hasInitialJitter(), check.getInitialJitter()),
        threshold(
            at.field("UnhealthyThreshold"),
            check.hasUnhealthyThreshold(),
            check.getUnhealthyThreshold(),
            3),
        threshold(
            at.field("HealthyThreshold"),
            check.hasHealthyThreshold(),
            check.getHealthyThreshold(),
            1),
        probe(check, at));
  }

  private static int threshold(At at, boolean given, int number, int otherwise) {
    return given ? at.range(number, 1, Integer.MAX_VALUE) : otherwise;
  }

  private static Probe probe(BackendTrafficPolicy.ActiveHealthCheck check, At at) {
    long given = Stream.of(check.hasHttp(), check.hasTcp(), check.hasGrpc()).filter(b -> b).count();
    at.require(given == 1, given + " of them", "expected exactly one of HTTP, TCP, GRPC");
    if (check.hasHttp()) {
      return http(check.getHttp(), at.field("HTTP"));
    }
    return check.hasTcp()
        ? new Probe.Tcp(
            Optionals.given(check.getTcp().getSend()), Optionals.given(check.getTcp().getReceive()))
        : new Probe.Grpc(
            check.getGrpc().getService(),
            host(at.field("GRPC").field("Authority"), check.getGrpc().getAuthority()));
  }

  private static Probe http(BackendTrafficPolicy.HttpHealthCheck http, At at) {
    String method =
        http.getMethod().isEmpty()
            ? "GET"
            : HttpChecks.method(at.field("Method"), http.getMethod());
    at.field("Method")
        .require(!method.equals("CONNECT"), Value.quoted(method), "expected another method");
    return new Probe.Http(
        HttpChecks.rewrite(at.field("Path"), http.getPath()),
        host(at.field("Hostname"), http.getHostname()),
        method,
        HttpChecks.statuses(at.field("ExpectedStatuses"), http.getExpectedStatusesList()));
  }

  private static Optional<String> host(At at, String host) {
    return Optionals.given(HttpChecks.headerValue(at, host));
  }

  static OutlierDetection passive(BackendTrafficPolicy.PassiveHealthCheck check, At at) {
    at.field("ConsecutiveLocalOriginFailures")
        .require(
            !check.hasConsecutiveLocalOriginFailures() || check.getSplitExternalLocalOriginErrors(),
            Integer.toString(check.getConsecutiveLocalOriginFailures()),
            "expected it with SplitExternalLocalOriginErrors only");
    Optional<Duration> base =
        at.field("BaseEjectionTime")
            .millis(check.hasBaseEjectionTime(), check.getBaseEjectionTime());
    Optional<Duration> max =
        at.field("MaxEjectionTime").millis(check.hasMaxEjectionTime(), check.getMaxEjectionTime());
    max.ifPresent(time ->
        at.field("MaxEjectionTime")
            .require(
                time.compareTo(base.orElse(BASE_EJECTION)) >= 0,
                GoDuration.shown(time),
                "expected at least BaseEjectionTime"));
    return new OutlierDetection(
        Optionals.given(check.hasConsecutive5XxErrors(), check.getConsecutive5XxErrors()),
        OptionalInt.empty(),
        Optionals.given(check.hasConsecutiveGatewayErrors(), check.getConsecutiveGatewayErrors()),
        check.hasConsecutiveLocalOriginFailures()
            ? OptionalInt.of(
                at.field("ConsecutiveLocalOriginFailures")
                    .range(check.getConsecutiveLocalOriginFailures(), 1, Integer.MAX_VALUE))
            : OptionalInt.empty(),
        check.getSplitExternalLocalOriginErrors() ? Optional.of(true) : Optional.empty(),
        Optionals.given(
            check.hasFailurePercentageThreshold(),
            at.field("FailurePercentageThreshold")
                .range(check.getFailurePercentageThreshold(), 0, 100)),
        at.field("Interval").millis(check.hasInterval(), check.getInterval()),
        base,
        max,
        Optionals.given(
            check.hasMaxEjectionPercent(),
            at.field("MaxEjectionPercent").range(check.getMaxEjectionPercent(), 0, 100)),
        check.getAlwaysEjectOneEndpoint() ? Optional.of(true) : Optional.empty());
  }
}
