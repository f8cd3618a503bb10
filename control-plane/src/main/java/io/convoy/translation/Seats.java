package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.translation.http.Lane;
import io.convoy.translation.http.Lanes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where the content of policies sits: a slot in a lane. What a request passes together sits in
 * different lanes, for it passes one slot of each. What has a seat keeps it. Confined to one
 * thread.
 */
final class Seats {
  private static final int UNPREPARED_SLOTS = 16;

  private final Map<Lane, Slots> lanes = new TreeMap<>();
  private final Map<Sitter, Lane> laneOf = new HashMap<>();

  /**
   * Something that needs a slot.
   *
   * @param kind of the lanes that it may sit in
   * @param name unique among those of its kind
   */
  record Sitter(Lane.Kind kind, String name) {}

  /** A slot of a lane. */
  record Seat(Lane lane, int slot) {
    ResourceKey resource() {
      return new ResourceKey(ResourceType.EXTENSIONS, lane.resourceName(slot));
    }
  }

  Seats() {
    Lanes.PREPARED.slots().forEach((lane, slots) -> lanes.put(lane, new Slots(slots)));
  }

  /** The same seats, to go on from by itself. */
  Seats copy() {
    var copy = new Seats();
    lanes.forEach((lane, slots) -> copy.lanes.put(lane, slots.copy()));
    copy.laneOf.putAll(laneOf);
    return copy;
  }

  /**
   * Seats everybody.
   *
   * @param oldestFirst all that need a seat
   * @param together groups of those that a request may pass together
   */
  void update(ImmutableSet<Sitter> oldestFirst, Collection<ImmutableList<Sitter>> together) {
    Map<Sitter, Set<Sitter>> neighbours = neighbours(together);
    laneOf.keySet().retainAll(oldestFirst);
    // Who comes moves nobody who is there, even where it is older: an old document that names one
    // more target must not refill what is there.
    List<Sitter> thereFirst = new ArrayList<>(oldestFirst);
    thereFirst.sort(Comparator.comparing(sitter -> !laneOf.containsKey(sitter)));
    Map<Sitter, Lane> chosen = new HashMap<>();
    for (Sitter sitter : thereFirst) {
      Set<Lane> occupied = new HashSet<>();
      for (Sitter neighbour : neighbours.getOrDefault(sitter, Set.of())) {
        Lane lane = chosen.get(neighbour);
        if (lane != null) {
          occupied.add(lane);
        }
      }
      chosen.put(sitter, lane(sitter, occupied));
    }
    laneOf.putAll(chosen);
    Map<Lane, List<String>> names = new HashMap<>();
    oldestFirst.forEach(sitter ->
        names.computeIfAbsent(laneOf.get(sitter), key -> new ArrayList<>()).add(sitter.name()));
    prepare(names.keySet());
    lanes.forEach((lane, slots) -> slots.update(names.getOrDefault(lane, List.of())));
  }

  /** The lane that it has, where that is free; else the first that is. */
  private Lane lane(Sitter sitter, Set<Lane> occupied) {
    Lane present = laneOf.get(sitter);
    if (present != null && !occupied.contains(present)) {
      return present;
    }
    for (int index = 0; ; index++) {
      var lane = new Lane(sitter.kind(), index);
      if (!occupied.contains(lane)) {
        return lane;
      }
    }
  }

  private static Map<Sitter, Set<Sitter>> neighbours(Collection<ImmutableList<Sitter>> together) {
    Map<Sitter, Set<Sitter>> neighbours = new HashMap<>();
    for (ImmutableList<Sitter> group : together) {
      for (Sitter sitter : group) {
        neighbours.computeIfAbsent(sitter, key -> new HashSet<>()).addAll(group);
      }
    }
    neighbours.forEach((sitter, others) -> others.remove(sitter));
    return neighbours;
  }

  /**
   * A spare lane for every three: the next limit of a service that has many changes no listener.
   */
  private void prepare(Set<Lane> needed) {
    for (Lane.Kind kind : Lane.Kind.values()) {
      int count = (int) needed.stream().filter(lane -> lane.kind() == kind).count();
      int prepared = (int) lanes.keySet().stream().filter(lane -> lane.kind() == kind).count();
      int enough = prepared;
      while (count * 4 > enough * 3 && count > 1) {
        enough *= 2;
      }
      for (int index = prepared; index < enough; index++) {
        lanes.put(new Lane(kind, index), new Slots(UNPREPARED_SLOTS));
      }
    }
  }

  Seat of(Sitter sitter) {
    Lane lane = laneOf.get(sitter);
    Slots slots = lane == null ? null : lanes.get(lane);
    if (lane == null || slots == null) {
      throw new IllegalArgumentException("no seat for " + sitter);
    }
    return new Seat(lane, slots.of(sitter.name()));
  }

  Lanes lanes() {
    var sizes = ImmutableSortedMap.<Lane, Integer>naturalOrder();
    lanes.forEach((lane, slots) -> sizes.put(lane, slots.size()));
    return new Lanes(sizes.build());
  }
}
