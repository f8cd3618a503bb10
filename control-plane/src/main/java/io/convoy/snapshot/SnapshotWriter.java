package io.convoy.snapshot;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Leaf;
import io.convoy.catalog.Mesh;
import io.convoy.policy.DocumentId;
import io.convoy.policy.Policies;
import io.convoy.registry.RegistryListener;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.ResourceKey;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that turns what registries see into snapshots. It publishes at once when it was
 * idle, and at most once an interval under load: what arrives in between is coalesced to its newest
 * state. Nothing is published before every part of the registries has answered in full once, or the
 * last known good was read from disk.
 *
 * <p>Thread-safe: registries and streams call from any thread; their events are queued and never
 * block.
 */
public final class SnapshotWriter implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SnapshotWriter.class);
  private static final long FOREVER = Long.MAX_VALUE;

  /** How long a group is kept up to date for Envoys that may come back. */
  static final Duration IDLE_GROUP = Duration.ofMinutes(10);

  private final WriterSettings settings;
  private final InstantSource clock;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Snapshots snapshots;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final Thread thread = Thread.ofPlatform().name("snapshot-writer").unstarted(this::run);
  private final WriterMetrics metrics;
  private final Optional<LastKnownGood> lastKnownGood;
  private final Optional<Saver> saver;

  // Confined to the writer's thread.
  private final Inputs inputs;
  private final Map<NodeGroup, Group> groups = new TreeMap<>();
  private final Parts parts;
  private final Refusals refusals;

  /** When the registry reported the oldest change that is not published; 0 when there is none. */
  private long oldestChange;

  private boolean answered;
  private boolean holding;

  private final Credentials credentials = new Credentials();
  private ImmutableSet<String> certified = ImmutableSet.of();

  private Predicate<DocumentId> acknowledged = id -> true;
  private Consumer<ImmutableSet<String>> certify = services -> {};

  private volatile WriterState state;

  /** Creates a writer that waits for {@code parts} to answer; {@link #start} starts it. */
  public SnapshotWriter(
      Collection<String> parts,
      WriterSettings settings,
      InstantSource clock,
      MeterRegistry meters) {
    this.settings = settings;
    this.clock = clock;
    this.snapshots = new Snapshots(group -> events.add(new Event.Wanted(group)), clock);
    this.inputs =
        new Inputs(
            settings.damping(),
            settings.policyInterval(),
            settings.mutualTls() ? Mesh.UNKNOWN : Mesh.NONE);
    this.lastKnownGood =
        settings
            .dataDirectory()
            .map(directory -> new LastKnownGood(directory.path(), directory.key()));
    this.saver = lastKnownGood.map(target -> new Saver(target, settings.saveInterval(), meters));
    this.parts = new Parts(parts, clock.instant());
    this.state = look(false);
    this.metrics = new WriterMetrics(meters, this, clock, parts);
    this.refusals = new Refusals(inputs, metrics);
  }

  /**
   * Reads the last known good, if there is one, and starts the thread.
   *
   * @param programmed whether every Envoy that a document is for has acknowledged it as published
   */
  public void start(Predicate<DocumentId> programmed) {
    start(programmed, services -> {});
  }

  /**
   * As above; {@code certify} is told the services whose certificates are needed, whenever they are
   * others. It must not block.
   */
  public void start(Predicate<DocumentId> programmed, Consumer<ImmutableSet<String>> whoCertifies) {
    acknowledged = programmed;
    certify = whoCertifies;
    lastKnownGood.ifPresent(this::seed);
    thread.start();
  }

  /** What is published; streams subscribe here. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** The state after the newest publish. */
  public WriterState state() {
    return state;
  }

  /** Completes when snapshots are published for the first time. */
  public CompletableFuture<Void> ready() {
    return ready;
  }

  /**
   * Takes what one of several registries sees. A service that more than one of them names has the
   * instances of all; the same instance counts as the registry of the lowest rank has it.
   *
   * @param rank from 0
   */
  public RegistryListener listener(int rank) {
    return new RegistryEvents(rank, events);
  }

  /**
   * As many Envoys of a group as matter have refused a version of a resource.
   *
   * @param held the version that they acknowledged last, if any
   */
  public void rejected(
      NodeGroup group, ResourceKey key, String version, String words, @Nullable String held) {
    events.add(new Event.Refused(group, key, version, words, held));
  }

  /** Ends the thread and saves what is not saved yet. */
  @Override
  public void close() {
    events.add(new Event.Stop());
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    saver.ifPresent(Saver::close);
  }

  private void seed(LastKnownGood from) {
    try {
      from.load()
          .ifPresent(content -> {
            inputs.seed(content, clock.instant());
            log.info(
                "serving what was saved at {} until the registries have answered: {} services, {} documents",
                content.savedAtInstant(),
                content.services().size(),
                content.documents().size());
          });
    } catch (LastKnownGood.UnusableException e) {
      log.warn(
          "{}; starting without it: nothing is served before the registries have answered",
          e.getMessage());
    }
  }

  private void run() {
    boolean changed = true;
    long interval = settings.publishInterval().toNanos();
    long publishedAt = System.nanoTime() - interval;
    List<Event> batch = new ArrayList<>();
    while (true) {
      Event first = next(changed ? publishedAt + interval - System.nanoTime() : untilDeadline());
      if (first != null) {
        batch.add(first);
        events.drainTo(batch);
      }
      // Also when events never cease.
      if (!changed && untilDeadline() <= 0) {
        changed = true;
        attempt(() -> inputs.settle(acknowledged, clock.instant()));
      }
      for (Event event : Coalescing.newest(batch)) {
        if (event instanceof Event.Stop) {
          return;
        }
        changed |= attempt(() -> apply(event), true);
      }
      batch.clear();
      if (changed && System.nanoTime() - publishedAt >= interval) {
        publishedAt = System.nanoTime();
        attempt(this::publish);
        changed = refusals.acquit(groups.values(), snapshots, clock.instant());
      }
    }
  }

  /** A defect in one step must not end the thread: nothing would ever be published again. */
  private <T> T attempt(Supplier<T> step, T otherwise) {
    try {
      return step.get();
    } catch (RuntimeException | StackOverflowError e) {
      metrics.failed();
      log.error("a change could not be taken in; what it is about stays as it was", e);
      return otherwise;
    }
  }

  private void attempt(Runnable step) {
    attempt(
        () -> {
          step.run();
          return true;
        },
        true);
  }

  private long untilDeadline() {
    return inputs
        .deadline()
        .map(at -> Duration.between(clock.instant(), at).toNanos())
        .orElse(FOREVER);
  }

  private @Nullable Event next(long waitNanos) {
    try {
      return waitNanos == FOREVER
          ? events.take()
          : events.poll(Math.max(0, waitNanos), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return new Event.Stop();
    }
  }

  private void changedSince(long nanoTime) {
    oldestChange = oldestChange == 0 ? nanoTime : oldestChange;
  }

  /** Returns whether there is something to publish. */
  private boolean apply(Event event) {
    switch (event) {
      case Event.Services services -> {
        changedSince(services.at());
        inputs.services(services.rank(), services.changed(), services.removed(), clock.instant());
      }
      case Event.Documents documents -> {
        if (!inputs.documents(
            documents.source(), documents.changed(), documents.removed(), clock.instant())) {
          return false;
        }
        changedSince(documents.at());
      }
      case Event.Roots read -> credentials.take(read.certificates());
      case Event.Certified read -> certified(read.leaf());
      case Event.Uncertified missing -> credentials.missing(missing.service(), missing.reason());
      case Event.Authority read -> inputs.authority(read.authority());
      case Event.DefaultIntention read -> inputs.defaultIntention(read.policy());
      case Event.Part part -> partChanged(part);
      case Event.Wanted wanted ->
          groups.computeIfAbsent(wanted.group(), id -> new Group(id, settings));
      case Event.Refused refused -> {
        Group group = groups.get(refused.group());
        if (group != null) {
          refusals.refuse(group, refused, clock.instant());
        }
      }
      case Event.Stop _ -> {}
    }
    return true;
  }

  private void certified(Leaf leaf) {
    if (certified.contains(leaf.service())) {
      credentials.take(leaf);
    }
  }

  /** Whoever is served needs a certificate, also where there is nothing else to say. */
  private void certify() {
    ImmutableSet<String> wanted =
        settings.mutualTls() ? Credentials.wanted(groups.keySet()) : ImmutableSet.of();
    if (!wanted.equals(certified)) {
      certified = wanted;
      credentials.keep(wanted);
      certify.accept(wanted);
    }
  }

  private void partChanged(Event.Part part) {
    parts.report(part.name(), part.problem(), clock.instant());
    if (!answered && parts.allAnswered()) {
      answered = true;
      inputs.confirm(clock.instant());
    }
  }

  private void publish() {
    boolean serve = answered || inputs.savedAt().isPresent();
    groups.keySet().removeAll(snapshots.dropIdle(IDLE_GROUP));
    certify();
    if (serve) {
      var event = new PublishEvent();
      event.begin();
      ImmutableSet<DocumentId> changedDocuments = inputs.takeChangedDocuments();
      Duration sinceChange =
          oldestChange == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - oldestChange);
      oldestChange = 0;
      metrics.time(
          () -> groups.values().forEach(group -> publish(group, changedDocuments, sinceChange)));
      event.documents = changedDocuments.size();
      event.queued = events.size();
      event.commit();
      saver.filter(_ -> answered).ifPresent(this::save);
    }
    alarm();
    state = look(serve);
    if (serve) {
      ready.complete(null);
    }
  }

  private void save(Saver to) {
    Catalog catalog = inputs.catalog();
    Policies policies = inputs.policies();
    Mesh mesh = inputs.mesh();
    Instant now = clock.instant();
    to.offer(() -> LastKnownGood.Content.of(catalog, policies, mesh, now));
  }

  private void publish(
      Group group, ImmutableSet<DocumentId> changedDocuments, Duration sinceChange) {
    try {
      metrics.published(
          group.publish(
              inputs.catalog(),
              inputs.policies(),
              inputs.mesh(),
              credentials,
              changedDocuments,
              snapshots,
              sinceChange));
    } catch (RuntimeException e) {
      // A defect in one group's translation must not take the others' updates with it.
      metrics.failed();
      log.error("{} keeps its last snapshot: its translation failed", group.id(), e);
    }
  }

  private void alarm() {
    Damper damper = inputs.damper();
    boolean holds = damper.heldSince().isPresent();
    if (holds && !holding) {
      log.error(
          "{} instances disappeared at once; they are served on for up to {} or until enough are back."
              + " If this is meant, restart Convoy with --mass-disappearance-share 1",
          damper.heldInstances(),
          settings.longestHold());
    } else if (!holds && holding) {
      log.warn("the hold of disappeared instances has ended");
    }
    holding = holds;
  }

  private WriterState look(boolean serving) {
    var unresolved = ImmutableSetMultimap.<DocumentId, String>builder();
    var rejected = ImmutableSetMultimap.<DocumentId, String>builder();
    groups.values().forEach(group -> group.collect(unresolved, rejected));
    Damper damper = inputs.damper();
    return new WriterState(
        inputs.catalog(),
        inputs.policies(),
        unresolved.build(),
        rejected.build(),
        parts.states(),
        inputs.savedAt(),
        damper.heldSince().map(since -> new WriterState.Hold(since, damper.heldInstances())),
        serving);
  }
}
