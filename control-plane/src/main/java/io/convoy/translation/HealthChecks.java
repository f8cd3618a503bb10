package io.convoy.translation;

import com.google.protobuf.BoolValue;
import com.google.protobuf.ByteString;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.ActiveHealthCheck;
import io.convoy.policy.ActiveHealthCheck.Probe;
import io.convoy.policy.OutlierDetection;
import io.convoy.policy.ServiceDefaults;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.GrpcHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.HttpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.Payload;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.TcpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.type.v3.CodecClientType;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.util.Optional;

/** What takes an instance out in Envoy itself, besides what the catalog says of it. */
final class HealthChecks {
  private HealthChecks() {}

  /** Envoy refuses a cluster whose instances are asked by gRPC and spoken to by HTTP/1. */
  static boolean possible(ActiveHealthCheck check, ServiceDefaults.Protocol protocol) {
    return switch (protocol) {
      case HTTP2, GRPC -> true;
      case HTTP, TCP -> !(check.probe() instanceof Probe.Grpc);
    };
  }

  /**
   * Every Envoy asks.
   *
   * @param service the host that is asked for where the check names none
   */
  static HealthCheck active(
      ActiveHealthCheck check, String service, ServiceDefaults.Protocol protocol) {
    var result =
        HealthCheck.newBuilder()
            .setTimeout(RouteActions.duration(check.timeout()))
            .setInterval(RouteActions.duration(check.interval()))
            .setNoTrafficInterval(RouteActions.duration(check.noTrafficInterval()))
            .setUnhealthyInterval(RouteActions.duration(check.unhealthyInterval()))
            .setUnhealthyThreshold(UInt32Value.of(check.unhealthyThreshold()))
            .setHealthyThreshold(UInt32Value.of(check.healthyThreshold()));
    check.initialJitter().ifPresent(time -> result.setInitialJitter(RouteActions.duration(time)));
    switch (check.probe()) {
      case Probe.Http http -> result.setHttpHealthCheck(http(http, service, protocol));
      case Probe.Tcp tcp -> result.setTcpHealthCheck(tcp(tcp));
      case Probe.Grpc grpc ->
          result.setGrpcHealthCheck(
              GrpcHealthCheck.newBuilder()
                  .setServiceName(grpc.service())
                  .setAuthority(grpc.authority().orElse(service)));
    }
    return result.build();
  }

  private static HttpHealthCheck http(
      Probe.Http http, String service, ServiceDefaults.Protocol protocol) {
    var result =
        HttpHealthCheck.newBuilder()
            .setPath(http.path())
            .setHost(http.hostname().orElse(service))
            .setMethod(RequestMethod.valueOf(http.method()))
            .setCodecClientType(
                switch (protocol) {
                  case HTTP2, GRPC -> CodecClientType.HTTP2;
                  case HTTP, TCP -> CodecClientType.HTTP1;
                });
    http.expectedStatuses()
        .forEach(status ->
            result.addExpectedStatuses(
                Int64Range.newBuilder().setStart(status).setEnd(status + 1)));
    return result.build();
  }

  private static TcpHealthCheck tcp(Probe.Tcp tcp) {
    var result = TcpHealthCheck.newBuilder();
    tcp.send().ifPresent(text -> result.setSend(payload(text)));
    tcp.receive().ifPresent(text -> result.addReceive(payload(text)));
    return result.build();
  }

  /** As bytes: Envoy's own text form is hexadecimal. */
  private static Payload payload(String text) {
    return Payload.newBuilder().setBinary(ByteString.copyFromUtf8(text)).build();
  }

  /** What takes an instance out by how it answers requests. */
  static io.envoyproxy.envoy.config.cluster.v3.OutlierDetection outliers(OutlierDetection check) {
    var result = io.envoyproxy.envoy.config.cluster.v3.OutlierDetection.newBuilder();
    check.interval().ifPresent(time -> result.setInterval(RouteActions.duration(time)));
    check.baseEjectionTime().ifPresent(t -> result.setBaseEjectionTime(RouteActions.duration(t)));
    check.maxEjectionTime().ifPresent(t -> result.setMaxEjectionTime(RouteActions.duration(t)));
    check
        .maxEjectionPercent()
        .ifPresent(percent -> result.setMaxEjectionPercent(UInt32Value.of(percent)));
    check.alwaysEjectOne().ifPresent(one -> result.setAlwaysEjectOneHost(BoolValue.of(one)));
    check
        .enforcing5xx()
        .ifPresent(percent -> result.setEnforcingConsecutive5Xx(UInt32Value.of(percent)));
    check
        .consecutive5xx()
        .ifPresent(errors -> {
          if (errors == 0) {
            result.setEnforcingConsecutive5Xx(UInt32Value.of(0));
          } else {
            result.setConsecutive5Xx(UInt32Value.of(errors));
          }
        });
    gatewayErrors(result, check);
    localOrigin(result, check);
    failurePercentage(result, check);
    return result.build();
  }

  /** Envoy counts the next three, and does nothing unless it is told to enforce them. */
  private static void gatewayErrors(
      io.envoyproxy.envoy.config.cluster.v3.OutlierDetection.Builder result,
      OutlierDetection check) {
    check
        .consecutiveGatewayErrors()
        .ifPresent(errors -> {
          if (errors > 0) {
            result
                .setConsecutiveGatewayFailure(UInt32Value.of(errors))
                .setEnforcingConsecutiveGatewayFailure(UInt32Value.of(100));
          }
        });
  }

  private static void localOrigin(
      io.envoyproxy.envoy.config.cluster.v3.OutlierDetection.Builder result,
      OutlierDetection check) {
    check.splitLocalOriginErrors().ifPresent(result::setSplitExternalLocalOriginErrors);
    check
        .consecutiveLocalOriginFailures()
        .ifPresent(errors -> result.setConsecutiveLocalOriginFailure(UInt32Value.of(errors)));
  }

  private static void failurePercentage(
      io.envoyproxy.envoy.config.cluster.v3.OutlierDetection.Builder result,
      OutlierDetection check) {
    Optional<Boolean> split = check.splitLocalOriginErrors();
    check
        .failurePercentage()
        .ifPresent(percent -> {
          result
              .setFailurePercentageThreshold(UInt32Value.of(percent))
              .setEnforcingFailurePercentage(UInt32Value.of(100));
          split.ifPresent(yes ->
              result.setEnforcingFailurePercentageLocalOrigin(UInt32Value.of(yes ? 100 : 0)));
        });
  }
}
