package io.convoy.translation.http;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import io.convoy.policy.FaultInjection;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

/** Envoy's fault filter: delays requests, or answers them in a service's place. */
public final class Faults {
  public static final String NAME = "envoy.filters.http.fault";

  /** Does nothing until a route says what, for those who cannot switch a filter on. */
  public static final HttpFilter ENABLED =
      HttpFilter.newBuilder()
          .setName(NAME)
          .setTypedConfig(Any.pack(HTTPFault.getDefaultInstance()))
          .build();

  /** Not passed until a route says what; a client's headers say nothing to it. */
  static final HttpFilter FILTER = ENABLED.toBuilder().setDisabled(true).build();

  private Faults() {}

  /** Whether there are any. */
  public static boolean happen(FaultInjection faults) {
    return faults.delay().isPresent() || faults.abort().isPresent();
  }

  /** For a route's {@link #NAME}. */
  public static Any perRoute(FaultInjection faults) {
    var fault = HTTPFault.newBuilder();
    faults
        .delay()
        .ifPresent(delay ->
            fault.setDelay(
                FaultDelay.newBuilder()
                    .setFixedDelay(Durations.fromNanos(delay.duration().toNanos()))
                    .setPercentage(percentage(delay.percentage()))));
    faults
        .abort()
        .ifPresent(abort -> {
          var answer = FaultAbort.newBuilder().setPercentage(percentage(abort.percentage()));
          if (abort.grpc()) {
            answer.setGrpcStatus(abort.status());
          } else {
            answer.setHttpStatus(abort.status());
          }
          fault.setAbort(answer);
        });
    return Any.pack(fault.build());
  }

  /** In steps of a ten-thousandth of a percent. */
  public static FractionalPercent percentage(double percent) {
    return FractionalPercent.newBuilder()
        .setNumerator((int) Math.round(percent * 10_000))
        .setDenominator(FractionalPercent.DenominatorType.MILLION)
        .build();
  }
}
