package io.convoy.snapshot;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;

/** The writer's meters. */
final class WriterMetrics {
  private final Timer publishTime;
  private final Counter publishes;
  private final Counter changedResources;
  private final Counter failures;
  private final Counter quarantines;

  WriterMetrics(
      MeterRegistry meters, SnapshotWriter writer, InstantSource clock, Collection<String> parts) {
    publishTime =
        Timer.builder("convoy.snapshot.publish")
            .description("Time to translate and publish all node groups")
            .publishPercentileHistogram()
            .register(meters);
    publishes = meters.counter("convoy.snapshot.publishes");
    changedResources = meters.counter("convoy.snapshot.changed.resources");
    quarantines = meters.counter("convoy.snapshot.quarantines");
    failures = meters.counter("convoy.snapshot.failures");
    Gauge.builder("convoy.ready", writer, w -> w.state().ready() ? 1 : 0).register(meters);
    Gauge.builder("convoy.catalog.services", writer, w -> w.state().catalog().services().size())
        .register(meters);
    Gauge.builder("convoy.documents", writer, w -> w.state().policies().entries().size())
        .register(meters);
    Gauge.builder(
            "convoy.documents.refused",
            writer,
            w ->
                w.state().policies().entries().values().stream()
                    .filter(entry -> entry.problem().isPresent())
                    .count())
        .register(meters);
    Gauge.builder(
            "convoy.documents.rejected",
            writer,
            w ->
                w.state().policies().entries().values().stream()
                    .filter(entry -> entry.rejection().isPresent())
                    .count())
        .description("Documents that Envoys refuse; their last good versions are in force")
        .register(meters);
    Gauge.builder(
            "convoy.catalog.held.instances",
            writer,
            w -> w.state().hold().map(WriterState.Hold::instances).orElse(0))
        .description("Instances that are served though the registry no longer has them")
        .register(meters);
    Gauge.builder(
            "convoy.last.known.good.age.seconds", writer, w -> age(clock, w.state().savedAt()))
        .description("Age of what is served from disk; 0 when it comes from the registries")
        .register(meters);
    for (String part : parts) {
      Gauge.builder("convoy.registry.stale.seconds", writer, w -> stale(clock, w, part))
          .description("How long a part of a registry has been out of reach; 0 when it answers")
          .tag("part", part)
          .register(meters);
    }
  }

  private static double age(InstantSource clock, Optional<java.time.Instant> since) {
    return since.map(at -> Duration.between(at, clock.instant()).toMillis() / 1e3).orElse(0.0);
  }

  private static double stale(InstantSource clock, SnapshotWriter writer, String part) {
    PartState state = writer.state().parts().get(part);
    return state == null ? 0 : state.staleSeconds(clock.instant()).orElse(0.0);
  }

  void time(Runnable publish) {
    publishTime.record(publish);
  }

  void published(int changed) {
    if (changed > 0) {
      publishes.increment();
      changedResources.increment(changed);
    }
  }

  void quarantined() {
    quarantines.increment();
  }

  void failed() {
    failures.increment();
  }
}
