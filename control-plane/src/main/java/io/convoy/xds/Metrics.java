package io.convoy.xds;

import io.convoy.translation.NodeGroup.Role;
import io.convoy.translation.ResourceType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What the server counts. Thread-safe. */
final class Metrics {

  private record OfType(
      Counter responses,
      Counter resources,
      Counter bytes,
      Counter acks,
      Counter nacks,
      Counter orderTimeouts,
      Timer latency,
      Timer changeLatency) {}

  private final MeterRegistry registry;
  private final Counter woken;
  private final Map<ResourceType, OfType> types = new EnumMap<>(ResourceType.class);

  Metrics(MeterRegistry registry) {
    this.registry = registry;
    this.woken =
        Counter.builder("convoy.xds.streams.woken")
            .description("Streams that a publish concerned")
            .register(registry);
    // There from the start: an alarm on a counter that appears with its first event misses it.
    List.of("streams", "rate", "node", "identity").forEach(this::refusals);
    for (ResourceType type : ResourceType.values()) {
      types.put(
          type,
          new OfType(
              counter("convoy.xds.responses", "Discovery responses sent", type),
              counter("convoy.xds.resources", "Resources in discovery responses", type),
              counter("convoy.xds.bytes", "Bytes of discovery responses", type),
              counter("convoy.xds.acks", "Responses that clients took over", type),
              counter("convoy.xds.nacks", "Responses that clients refused", type),
              counter(
                  "convoy.xds.order.timeouts",
                  "Resources that went although what they wait for was not acknowledged",
                  type),
              Timer.builder("convoy.xds.ack.latency")
                  .description("From a publish to a client's acknowledgment")
                  .tag("type", type.label())
                  .publishPercentileHistogram()
                  .register(registry),
              Timer.builder("convoy.change.ack.latency")
                  .description("From a registry's report of a change to a client's acknowledgment")
                  .tag("type", type.label())
                  .publishPercentileHistogram()
                  .register(registry)));
    }
  }

  private Counter counter(String name, String description, ResourceType type) {
    return Counter.builder(name)
        .description(description)
        .tag("type", type.label())
        .register(registry);
  }

  /** Gauges over the streams that {@code fleet} has. */
  void watch(Fleet fleet) {
    for (Role role : Role.values()) {
      gauge(
          "convoy.xds.streams",
          "Streams of clients",
          fleet,
          f -> f.streams().stream().filter(s -> s.group().role() == role).count(),
          () -> role.name().toLowerCase(Locale.ROOT));
    }
    Gauge.builder(
            "convoy.xds.streams.pending",
            fleet,
            f -> f.streams().stream().filter(Stream::pending).count())
        .description("Streams whose client has yet to get or to answer something")
        .register(registry);
  }

  private void gauge(
      String name,
      String description,
      Fleet fleet,
      ToDoubleFunction<Fleet> value,
      Supplier<String> role) {
    Gauge.builder(name, fleet, value)
        .description(description)
        .tag("role", role.get())
        .register(registry);
  }

  void sent(ResourceType type, int resources, int bytes) {
    OfType meters = of(type);
    meters.responses.increment();
    meters.resources.increment(resources);
    meters.bytes.increment(bytes);
  }

  void woken() {
    woken.increment();
  }

  void acked(ResourceType type) {
    of(type).acks.increment();
  }

  /** The client acknowledged what came about then. */
  void latency(ResourceType type, Moment moment, long now) {
    of(type).latency.record(now - moment.publishedAt(), TimeUnit.NANOSECONDS);
    of(type).changeLatency.record(now - moment.changedAt(), TimeUnit.NANOSECONDS);
  }

  void nacked(ResourceType type) {
    of(type).nacks.increment();
  }

  void orderTimeout(ResourceType type) {
    of(type).orderTimeouts.increment();
  }

  /** {@code reason}: {@code streams}, {@code rate}, {@code node} or {@code identity}. */
  void refused(String reason) {
    refusals(reason).increment();
  }

  private Counter refusals(String reason) {
    return Counter.builder("convoy.xds.streams.refused")
        .description("Streams that were refused, by what was wrong")
        .tag("reason", reason)
        .register(registry);
  }

  void unknownType() {
    registry.counter("convoy.xds.requests.unknown.type").increment();
  }

  private OfType of(ResourceType type) {
    return java.util.Objects.requireNonNull(types.get(type));
  }
}
