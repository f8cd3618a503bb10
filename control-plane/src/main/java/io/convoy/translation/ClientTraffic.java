package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import io.convoy.policy.ClientTrafficPolicy;
import io.convoy.policy.ClientTrafficPolicy.Connections;
import io.convoy.policy.ClientTrafficPolicy.Drain;
import io.convoy.policy.ClientTrafficPolicy.Headers;
import io.convoy.policy.ClientTrafficPolicy.Http1;
import io.convoy.policy.ClientTrafficPolicy.Http2;
import io.convoy.policy.ClientTrafficPolicy.Path;
import io.convoy.policy.ClientTrafficPolicy.Settings;
import io.convoy.policy.ClientTrafficPolicy.Timeouts;
import io.convoy.policy.DocumentId;
import io.convoy.policy.TargetRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What all client traffic policies say about one port. Each field counts by itself: one that names
 * the listener comes before one that names the gateway, and the older before the younger.
 *
 * @param documents those that a field is of
 */
record ClientTraffic(Settings settings, ImmutableSet<DocumentId> documents) {

  static ClientTraffic of(
      String gateway, GatewayLayout.Port port, Documents documents, Problems problems) {
    List<ClientTrafficPolicy> onListener = new ArrayList<>();
    List<ClientTrafficPolicy> onGateway = new ArrayList<>();
    for (Documents.Aged<ClientTrafficPolicy> aged : documents.clientPolicies()) {
      ClientTrafficPolicy policy = aged.policy();
      if (port.sites().stream()
          .anyMatch(site ->
              !site.listener().isEmpty()
                  && policy.targets().contains(new TargetRef.Gateway(gateway, site.listener())))) {
        onListener.add(policy);
      }
      if (policy.targets().contains(new TargetRef.Gateway(gateway, ""))) {
        onGateway.add(policy);
      }
    }
    return new Merge(port, onListener, onGateway, problems).merge();
  }

  private static final class Merge {
    private final GatewayLayout.Port port;
    private final List<ClientTrafficPolicy> onListener;
    private final List<ClientTrafficPolicy> onGateway;
    private final Problems problems;
    private final ImmutableSet.Builder<DocumentId> documents = ImmutableSet.builder();

    Merge(
        GatewayLayout.Port port,
        List<ClientTrafficPolicy> onListener,
        List<ClientTrafficPolicy> onGateway,
        Problems problems) {
      this.port = port;
      this.onListener = onListener;
      this.onGateway = onGateway;
      this.problems = problems;
    }

    ClientTraffic merge() {
      var settings =
          new Settings(
              field("ClientIPDetection", Settings::clientIpDetection),
              new Path(
                  field("Path.Normalize", all -> all.path().normalize()),
                  field("Path.MergeSlashes", all -> all.path().mergeSlashes()),
                  field("Path.EscapedSlashesAction", all -> all.path().escapedSlashes())),
              new Headers(
                  field("Headers.MaxSizeKiB", all -> all.headers().maxSize()),
                  field("Headers.MaxCount", all -> all.headers().maxCount()),
                  field("Headers.UnderscoresAction", all -> all.headers().underscores())),
              timeouts(),
              new Connections(
                  field("Connections.Max", all -> all.connections().max()),
                  field("Connections.CloseDelay", all -> all.connections().closeDelay()),
                  field("Connections.MaxRequests", all -> all.connections().maxRequests()),
                  field("Connections.BufferLimitKiB", all -> all.connections().bufferLimit())),
              new Http1(
                  field("HTTP1.PreserveHeaderCase", all -> all.http1().preserveHeaderCase()),
                  field("HTTP1.Trailers", all -> all.http1().trailers()),
                  field("HTTP1.HTTP10", all -> all.http1().http10())),
              new Http2(
                  field("HTTP2.MaxConcurrentStreams", all -> all.http2().maxConcurrentStreams()),
                  field("HTTP2.InitialStreamWindowSize", all -> all.http2().streamWindow()),
                  field(
                      "HTTP2.InitialConnectionWindowSize", all -> all.http2().connectionWindow())),
              new Drain(
                  field("Drain.Timeout", all -> all.drain().timeout()),
                  field("Drain.DelayedClose", all -> all.drain().delayedClose())));
      return new ClientTraffic(settings, documents.build());
    }

    private Timeouts timeouts() {
      return new Timeouts(
          field("Timeouts.RequestHeaders", all -> all.timeouts().requestHeaders()),
          field("Timeouts.Request", all -> all.timeouts().request()),
          field("Timeouts.StreamIdle", all -> all.timeouts().streamIdle()),
          field("Timeouts.ConnectionIdle", all -> all.timeouts().connectionIdle()),
          field("Timeouts.MaxConnectionDuration", all -> all.timeouts().maxConnectionDuration()));
    }

    private <T> Optional<T> field(String name, Function<Settings, Optional<T>> getter) {
      Optional<T> ofListener = oldest(name, onListener, getter);
      Optional<T> ofGateway = oldest(name, onGateway, getter);
      Optional<T> value = ofListener.or(() -> ofGateway);
      giver(ofListener.isPresent() ? onListener : onGateway, getter)
          .ifPresent(policy -> documents.add(policy.id()));
      return value;
    }

    private <T> Optional<T> oldest(
        String name, List<ClientTrafficPolicy> policies, Function<Settings, Optional<T>> getter) {
      Optional<ClientTrafficPolicy> giver = giver(policies, getter);
      Optional<T> value = giver.flatMap(policy -> getter.apply(policy.settings()));
      for (ClientTrafficPolicy policy : policies) {
        Optional<T> other = getter.apply(policy.settings());
        if (other.isPresent() && !other.equals(value)) {
          problems.add(
              policy.id(),
              "%s has no effect at port %d: %s, which is older, says otherwise"
                  .formatted(name, port.number(), giver.orElseThrow().id()));
        }
      }
      return value;
    }

    private static <T> Optional<ClientTrafficPolicy> giver(
        List<ClientTrafficPolicy> policies, Function<Settings, Optional<T>> getter) {
      return policies.stream()
          .filter(policy -> getter.apply(policy.settings()).isPresent())
          .findFirst();
    }
  }
}
