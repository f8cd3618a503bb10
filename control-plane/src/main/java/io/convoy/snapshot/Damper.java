package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds back disappearances that look like a fault of the registry. What appears or changes passes
 * at once.
 *
 * <ul>
 *   <li>A service that loses its last instance keeps those that it had for a short delay: a restart
 *       of the only instance is no outage.
 *   <li>When more than a share of all instances, of several services, disappear within a window,
 *       all that disappeared in it is kept until enough of it is back, or until the longest hold
 *       has passed.
 * </ul>
 *
 * <p>Confined to the writer's thread.
 */
final class Damper {

  /**
   * When to hold.
   *
   * @param emptyDelay how long a service that lost its last instance keeps what it had; zero obeys
   *     at once
   * @param massShare from 0 to 1: more than this share of all instances gone within the window is
   *     held; 1 holds nothing
   * @param massMinimum fewer instances gone than this are never held, whatever their share
   * @param massWindow how long a disappearance counts
   * @param longestHold after this, what is held is obeyed
   */
  record Settings(
      Duration emptyDelay,
      double massShare,
      int massMinimum,
      Duration massWindow,
      Duration longestHold) {}

  private record InstanceKey(String service, String node, String id) {
    static InstanceKey of(String service, Instance instance) {
      return new InstanceKey(service, instance.node(), instance.id());
    }
  }

  private record Departure(Instance instance, Instant at) {}

  private final Settings settings;

  /** What the registry says, by service and instance. */
  private final Map<String, Map<InstanceKey, Instance>> reported = new HashMap<>();

  /**
   * What has gone and not come back, oldest first; bounded by the window, or by a hold's length.
   */
  private final Map<InstanceKey, Departure> departures = new LinkedHashMap<>();

  private final Map<String, Instant> emptySince = new HashMap<>();
  private int reportedInstances;
  private @Nullable Instant heldSince;
  private Catalog effective = Catalog.EMPTY;

  Damper(Settings settings) {
    this.settings = settings;
  }

  /** The catalog to serve, as of the last {@link #report} or {@link #settle}. */
  Catalog catalog() {
    return effective;
  }

  /** Since when a mass disappearance is held; empty when none is. */
  Optional<Instant> heldSince() {
    return Optional.ofNullable(heldSince);
  }

  /** How many instances are served though the registry no longer has them. */
  int heldInstances() {
    return heldSince == null ? 0 : departures.size();
  }

  /**
   * When {@link #settle} has to be called though nothing was reported; empty when nothing waits.
   */
  Optional<Instant> deadline() {
    Stream<Instant> empties =
        emptySince.values().stream().map(at -> at.plus(settings.emptyDelay()));
    Stream<Instant> hold = heldSince().map(at -> at.plus(settings.longestHold())).stream();
    return Stream.concat(empties, hold).min(Instant::compareTo);
  }

  /** Takes what the registry says of some services. */
  void report(Collection<Service> changed, Collection<String> removed, Instant now) {
    Set<String> touched = new HashSet<>();
    for (Service service : changed) {
      take(service.name(), service.instances(), now);
      touched.add(service.name());
    }
    for (String name : removed) {
      take(name, ImmutableList.of(), now);
      touched.add(name);
    }
    settle(touched, now);
  }

  /** Obeys what has waited long enough. */
  void settle(Instant now) {
    settle(new HashSet<>(), now);
  }

  private void take(String name, ImmutableList<Instance> instances, Instant now) {
    Map<InstanceKey, Instance> next = new LinkedHashMap<>();
    for (Instance instance : instances) {
      next.put(InstanceKey.of(name, instance), instance);
    }
    Map<InstanceKey, Instance> before = reported.getOrDefault(name, Map.of());
    before.forEach((key, instance) -> {
      if (!next.containsKey(key)) {
        departures.put(key, new Departure(instance, now));
      }
    });
    departures.keySet().removeAll(next.keySet());
    reportedInstances += next.size() - before.size();
    if (next.isEmpty()) {
      reported.remove(name);
      if (!before.isEmpty() && !settings.emptyDelay().isZero()) {
        emptySince.put(name, now);
      }
    } else {
      reported.put(name, next);
      emptySince.remove(name);
    }
  }

  private void settle(Set<String> touched, Instant now) {
    if (heldSince == null) {
      forget(now.minus(settings.massWindow()));
    }
    boolean mass = isMass();
    if (mass && heldSince == null) {
      heldSince = now;
      departures.keySet().forEach(key -> touched.add(key.service()));
    } else if (heldSince != null
        && (!mass || !now.isBefore(heldSince.plus(settings.longestHold())))) {
      heldSince = null;
      departures.keySet().forEach(key -> touched.add(key.service()));
      departures.clear();
      emptySince.clear();
    }
    List<String> obeyed =
        emptySince.entrySet().stream()
            .filter(entry -> !now.isBefore(entry.getValue().plus(settings.emptyDelay())))
            .map(Map.Entry::getKey)
            .toList();
    obeyed.forEach(emptySince::remove);
    touched.addAll(obeyed);
    update(touched);
  }

  private void forget(Instant before) {
    Iterator<Map.Entry<InstanceKey, Departure>> oldestFirst = departures.entrySet().iterator();
    while (oldestFirst.hasNext()) {
      Map.Entry<InstanceKey, Departure> departure = oldestFirst.next();
      if (departure.getValue().at().isAfter(before)) {
        return;
      }
      if (!emptySince.containsKey(departure.getKey().service())) {
        oldestFirst.remove();
      }
    }
  }

  private boolean isMass() {
    int gone = departures.size();
    return gone >= settings.massMinimum()
        && gone > settings.massShare() * (reportedInstances + gone)
        && departures.keySet().stream().map(InstanceKey::service).distinct().limit(2).count() == 2;
  }

  private void update(Set<String> touched) {
    List<Service> changed = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    Map<String, List<Instance>> kept = keptByService(touched);
    for (String name : touched) {
      List<Instance> instances = new ArrayList<>(reported.getOrDefault(name, Map.of()).values());
      instances.addAll(kept.getOrDefault(name, List.of()));
      if (instances.isEmpty()) {
        removed.add(name);
      } else {
        changed.add(Service.of(name, instances));
      }
    }
    if (!touched.isEmpty()) {
      effective = effective.with(changed, removed);
    }
  }

  private Map<String, List<Instance>> keptByService(Set<String> touched) {
    Map<String, List<Instance>> kept = new HashMap<>();
    departures.forEach((key, departure) -> {
      if (touched.contains(key.service())
          && (heldSince != null || emptySince.containsKey(key.service()))) {
        kept.computeIfAbsent(key.service(), name -> new ArrayList<>()).add(departure.instance());
      }
    });
    return kept;
  }
}
