package io.convoy.registry.consul;

import io.convoy.registry.consul.ConsulFault.Reason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.ConnectionPool;

/** What is counted about Consul. Thread-safe. */
final class ConsulMetrics {
  private final MeterRegistry registry;
  private final ConcurrentHashMap<String, AtomicLong> indexes = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, AtomicLong> answeredAt = new ConcurrentHashMap<>();

  private final LeafMetrics leaves;

  ConsulMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.leaves = new LeafMetrics(registry);
  }

  LeafMetrics leaves() {
    return leaves;
  }

  void request(String query) {
    Counter.builder("convoy.consul.requests")
        .description("Requests to Consul")
        .tag("query", query)
        .register(registry)
        .increment();
  }

  void error(String query, Reason reason) {
    Counter.builder("convoy.consul.errors")
        .description("Requests that Consul did not answer as it should have")
        .tag("query", query)
        .tag("reason", reason.label())
        .register(registry)
        .increment();
  }

  void indexReset(String query) {
    Counter.builder("convoy.consul.index.resets")
        .description("Times that Consul's index went backwards, as after a restart without data")
        .tag("query", query)
        .register(registry)
        .increment();
  }

  /** A blocking query was answered in full. */
  void answered(String query, long index) {
    indexes.computeIfAbsent(query, this::indexGauge).set(index);
    answeredAt.computeIfAbsent(query, this::ageGauge).set(System.nanoTime());
  }

  /** The time that a read of services took, from the request to the catalog's update. */
  Timer reads(String kind) {
    return Timer.builder("convoy.consul.reads")
        .description("Reads of services, in full or of those that changed")
        .tag("kind", kind)
        .register(registry);
  }

  void connections(ConnectionPool pool) {
    Gauge.builder("convoy.consul.connections", pool, ConnectionPool::connectionCount)
        .description("Connections to Consul, idle ones included")
        .register(registry);
  }

  private AtomicLong indexGauge(String query) {
    AtomicLong index = new AtomicLong();
    Gauge.builder("convoy.consul.index", index, AtomicLong::doubleValue)
        .description("The X-Consul-Index of the last answer")
        .tag("query", query)
        .register(registry);
    return index;
  }

  private AtomicLong ageGauge(String query) {
    AtomicLong at = new AtomicLong(System.nanoTime());
    TimeGauge.builder(
            "convoy.consul.last.success.age",
            at,
            TimeUnit.NANOSECONDS,
            last -> System.nanoTime() - last.doubleValue())
        .description("Time since the last full answer; an idle query is answered once a wait time")
        .tag("query", query)
        .register(registry);
    return at;
  }
}
