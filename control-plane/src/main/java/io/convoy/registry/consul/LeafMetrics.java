package io.convoy.registry.consul;

import io.convoy.catalog.Leaf;
import io.convoy.registry.consul.ConsulFault.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What is counted about certificates of services. Thread-safe. */
final class LeafMetrics {
  private record Expiry(AtomicLong at, Gauge gauge) {}

  private final MeterRegistry registry;
  private final ConcurrentHashMap<String, Expiry> expiries = new ConcurrentHashMap<>();

  LeafMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** {@code replaces}: another certificate of the service. */
  void read(String service, Leaf leaf, boolean replaces) {
    expiries.computeIfAbsent(service, this::expiry).at.set(leaf.notAfter().getEpochSecond());
    if (replaces) {
      Counter.builder("convoy.mesh.leaf.rotations")
          .description("Certificates of services that took the place of another")
          .register(registry)
          .increment();
    }
  }

  private Expiry expiry(String service) {
    var at = new AtomicLong();
    return new Expiry(
        at,
        Gauge.builder(
                "convoy.mesh.leaf.expiry.seconds",
                at,
                until -> until.doubleValue() - Instant.now().getEpochSecond())
            .description("Time until a service's certificate is no longer valid")
            .tag("service", service)
            .register(registry));
  }

  void forget(String service) {
    Expiry gone = expiries.remove(service);
    if (gone != null) {
      registry.remove(gone.gauge);
    }
  }

  void failed(Reason reason) {
    Counter.builder("convoy.mesh.leaf.failures")
        .description("Certificates of services that Consul did not give")
        .tag("reason", reason.label())
        .register(registry)
        .increment();
  }

  void rootRotated() {
    Counter.builder("convoy.mesh.root.rotations")
        .description("Times that another root began to sign for services")
        .register(registry)
        .increment();
  }
}
