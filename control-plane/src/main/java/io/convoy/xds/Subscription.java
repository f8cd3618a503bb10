package io.convoy.xds;

import com.google.common.collect.ImmutableSortedSet;
import com.google.protobuf.Any;
import io.convoy.snapshot.Snapshot;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One type of resource on one stream: what the client asked for, what it holds, what is on its way
 * and what is still to be looked at. Confined to the stream's lock, except {@link #wants}.
 */
final class Subscription {
  private static final String WILDCARD = "*";
  private static final long UNLIMITED = Long.MIN_VALUE;

  final ResourceType type;
  private final Protocol protocol;
  private final LastGood lastGood;

  private final Set<String> names = ConcurrentHashMap.newKeySet();
  private volatile boolean wildcard;
  private boolean begun;
  private boolean everNamed;
  private boolean answerDue;
  private boolean everAcknowledged;
  private boolean resumed;

  private final Map<String, Resource> held = new HashMap<>();
  private final Map<String, List<Resource>> doubtful = new HashMap<>();
  private @Nullable Sent inFlight;

  private final Set<String> dirty = new LinkedHashSet<>();
  private final Set<String> forced = new HashSet<>();

  /** Names that order holds back, and when their limit began to run. */
  private final Map<String, Long> waiting = new HashMap<>();

  private final Deque<Set<String>> suspects = new ArrayDeque<>();
  private final Rejections rejections = new Rejections();
  private String lastNonce = "";
  private @Nullable Moment moment;
  private long waitingLookedAt;

  /** Finds what other clients, or this one on another stream, took over before the present. */
  interface LastGood {
    @Nullable Resource of(ResourceKey key);
  }

  Subscription(ResourceType type, Protocol protocol, LastGood lastGood) {
    this.type = type;
    this.protocol = protocol;
    this.lastGood = lastGood;
  }

  // What the client asks for.

  /** Whether the client has ever asked for this type on the stream. */
  boolean begun() {
    return begun;
  }

  /** Whether the client asks for the name. Safe from any thread. */
  boolean wants(String name) {
    return wildcard || names.contains(name);
  }

  /** Whether the client asks for this very name. */
  boolean names(String name) {
    return names.contains(name);
  }

  /**
   * A state-of-the-world request: {@code requested} replaces what was asked for before. Nothing
   * named yet on the stream stands for everything where the type has that rule; after a name was
   * given, it means nothing. {@code resumes}: the client holds some version from an earlier stream.
   */
  void request(Collection<String> requested, boolean resumes, Supplier<Snapshot> snapshot) {
    resumed |= resumes;
    var next = new HashSet<>(requested);
    boolean all = next.remove(WILDCARD);
    next.remove("");
    everNamed |= !requested.isEmpty();
    all |= !everNamed && type.wildcard();
    answerDue |= !begun && fullState() && (all || !next.isEmpty());
    begun = true;
    var gone = new HashSet<>(names);
    gone.removeAll(next);
    next.removeAll(names);
    subscribe(next, all && !wildcard, snapshot);
    unsubscribe(gone, !all && wildcard);
  }

  /** An incremental request. Phantom names to unsubscribe from are ignored. */
  void request(
      Collection<String> subscribe,
      Collection<String> unsubscribe,
      Map<String, String> initialVersions,
      Supplier<Snapshot> snapshot) {
    boolean first = !begun;
    begun = true;
    var added = new HashSet<>(subscribe);
    boolean all = added.remove(WILDCARD);
    added.remove("");
    if (first) {
      all |= subscribe.isEmpty() && unsubscribe.isEmpty() && type.wildcard();
      answerDue = all && initialVersions.isEmpty();
      resumed = !initialVersions.isEmpty();
    }
    subscribe(added, all && !wildcard, snapshot);
    if (first) {
      initialVersions.forEach(this::holdsSince);
    }
    unsubscribe(new HashSet<>(unsubscribe), unsubscribe.contains(WILDCARD));
  }

  /**
   * Asks for the snapshot only after the names stand, so that a publish meanwhile is seen here or
   * there.
   */
  private void subscribe(Set<String> added, boolean all, Supplier<Snapshot> snapshot) {
    names.addAll(added);
    forced.addAll(added);
    dirty.addAll(added);
    if (all) {
      wildcard = true;
      answerDue |= fullState();
      dirty.addAll(snapshot.get().of(type).keySet());
      if (inFlight != null) {
        dirty.addAll(inFlight.added().keySet()); // they may have been dropped meanwhile
      }
    }
  }

  private void unsubscribe(Set<String> removed, boolean all) {
    for (String name : removed) {
      if (names.remove(name)) {
        if (wildcard && protocol == Protocol.DELTA && !all) {
          // The client cannot tell whether the wildcard covers the name: it must be told.
          forced.add(name);
          dirty.add(name);
        } else if (!wildcard || all) {
          forget(name);
        }
      }
    }
    if (all) {
      wildcard = false;
      Set.copyOf(held.keySet()).stream().filter(name -> !wants(name)).forEach(this::forget);
    }
  }

  /** The client brings the resource from an earlier stream. */
  private void holdsSince(String name, String version) {
    if (wants(name)) {
      held.put(name, unknown(name, version));
      forced.remove(name);
      dirty.add(name);
    }
  }

  private void forget(String name) {
    held.remove(name);
    doubtful.remove(name);
    dirty.remove(name);
    forced.remove(name);
    waiting.remove(name);
  }

  /** Whether the client came back with resources from an earlier stream. */
  boolean resumed() {
    return resumed;
  }

  /**
   * Whether the client holds something of which only it knows what that is. The incremental
   * protocol tells the versions; in the state of the world everything asked for may be there in
   * some version until it was acknowledged here.
   */
  boolean holdsUnknown() {
    if (protocol == Protocol.DELTA) {
      return held.values().stream().anyMatch(Subscription::isUnknown);
    }
    return resumed && (wildcard ? !everAcknowledged : !held.keySet().containsAll(names));
  }

  // What is to be looked at.

  /** Looks at the name again at the next occasion. */
  void touch(String name, Moment published) {
    dirty.add(name);
    moment = moment == null ? published : moment;
  }

  /** The client has dropped its copy: the name is sent again although it may be unchanged. */
  void resend(String name) {
    if (names.contains(name)) {
      forced.add(name);
      dirty.add(name);
    }
  }

  /** What the client should have under the name: the snapshot's, unless the client refuses it. */
  @Nullable Resource target(String name, Snapshot snapshot) {
    Resource latest = snapshot.of(type).get(name);
    Resource has = held.get(name);
    if (latest == null) {
      // Envoy unloads a removed extension for draining listeners too: it stays while subscribed.
      return type == ResourceType.EXTENSIONS ? has : null;
    }
    if (!rejections.contains(name, latest.version())) {
      return latest;
    }
    if (has != null && !isUnknown(has)) {
      return has;
    }
    Resource good = lastGood.of(new ResourceKey(type, name));
    return good == null || rejections.contains(name, good.version()) ? has : good;
  }

  /** Whether the client is known to hold the name, in whatever version. */
  boolean has(String name) {
    return held.containsKey(name)
        && !doubtful.containsKey(name)
        && (inFlight == null || !inFlight.removed().contains(name));
  }

  /** Whether the client holds just this, and nothing else is on its way. */
  boolean has(Resource resource) {
    String name = resource.key().name();
    Resource has = held.get(name);
    return has != null && sameVersion(has, resource) && has(name);
  }

  Collection<Resource> held() {
    return held.values();
  }

  @Nullable Resource held(String name) {
    return held.get(name);
  }

  /** What the client may hold besides: not answered yet, or refused as a part of a whole. */
  Collection<Resource> uncertain() {
    var all = new ArrayList<Resource>();
    doubtful.values().forEach(all::addAll);
    if (inFlight != null) {
      all.addAll(inFlight.added().values());
    }
    return all;
  }

  /** Whether something waits for the client's answer, or to be sent. */
  boolean pending() {
    return inFlight != null || !dirty.isEmpty() || !waiting.isEmpty();
  }

  @Nullable Sent inFlight() {
    return inFlight;
  }

  /** The nonce of the last response; empty before the first. */
  String lastNonce() {
    return lastNonce;
  }

  Rejections rejections() {
    return rejections;
  }

  ImmutableSortedSet<String> subscribed() {
    var all = ImmutableSortedSet.<String>naturalOrder().addAll(names);
    return (wildcard ? all.add(WILDCARD) : all).build();
  }

  /** Whether order holds back what is to happen to the name. */
  boolean waits(String name) {
    return waiting.containsKey(name);
  }

  ImmutableSortedSet<String> waiting() {
    return ImmutableSortedSet.copyOf(waiting.keySet());
  }

  // What goes out.

  /** What the next response brings and takes away; empty when it only answers. */
  record Batch(SortedMap<String, Resource> added, SortedSet<String> removed, boolean suspects) {}

  /** The next response's content, or null when there is nothing to say now. */
  @Nullable Batch next(Snapshot snapshot, Order order) {
    if (inFlight != null) {
      return null;
    }
    if (waitingLookedAt != order.epoch()) {
      waitingLookedAt = order.epoch();
      dirty.addAll(waiting.keySet());
    }
    while (!suspects.isEmpty()) {
      Set<String> part = suspects.element();
      Batch batch = choose(List.copyOf(part), snapshot, order, true);
      if (!batch.added().isEmpty() || !batch.removed().isEmpty()) {
        return batch;
      }
      if (part.stream().anyMatch(name -> waits(name) && target(name, snapshot) != null)) {
        return null; // all together again would be what was refused
      }
      suspects.remove();
    }
    if (answerDue && wildcard) {
      // A publish may have come since the request: what the first answer lacks is gone for the
      // client.
      dirty.addAll(snapshot.of(type).keySet());
    }
    Batch batch = choose(List.copyOf(dirty), snapshot, order, false);
    if (answerDue && heldBack(batch, snapshot)) {
      // A first answer is whole: what it lacks, the client takes for gone.
      dirty.addAll(batch.added().keySet());
      dirty.addAll(batch.removed());
      return null;
    }
    return batch.added().isEmpty() && batch.removed().isEmpty() && !answerDue ? null : batch;
  }

  /** Whether the response would lack something that only waits for its turn. */
  private boolean heldBack(Batch batch, Snapshot snapshot) {
    return waiting.keySet().stream()
        .filter(name -> !held.containsKey(name) && !batch.added().containsKey(name))
        .anyMatch(name -> target(name, snapshot) != null);
  }

  private Batch choose(
      List<String> candidates, Snapshot snapshot, Order order, boolean ofSuspects) {
    var batch = new Batch(new TreeMap<>(), new TreeSet<>(), ofSuspects);
    for (String name : candidates) {
      dirty.remove(name);
      Resource target = target(name, snapshot);
      switch (target == null ? removal(name, order) : addition(name, target, order)) {
        case WAIT -> waiting.merge(name, order.now(), (old, now) -> old == UNLIMITED ? now : old);
        case STAY -> waiting.put(name, UNLIMITED);
        case DROP -> {
          waiting.remove(name);
          forced.remove(name);
        }
        case SEND -> {
          if (target == null) {
            batch.removed().add(name);
          } else {
            batch.added().put(name, target);
          }
        }
      }
    }
    return batch;
  }

  private enum Decision {
    SEND,
    WAIT,
    STAY,
    DROP
  }

  private static Decision sendIf(Order.Verdict verdict) {
    return switch (verdict) {
      case GO -> Decision.SEND;
      case WAIT -> Decision.WAIT;
      case STAY -> Decision.STAY;
    };
  }

  private @Nullable Long waitsSince(String name) {
    Long since = waiting.get(name);
    return since == null || since == UNLIMITED ? null : since;
  }

  private Decision addition(String name, Resource target, Order order) {
    if (isUnknown(target)) {
      doubtful.remove(name);
      return Decision.DROP;
    }
    Resource has = held.get(name);
    boolean same = has != null && sameVersion(has, target) && !doubtful.containsKey(name);
    if (same) {
      held.put(name, target);
    }
    if (!wants(name) || (same && !forced.contains(name))) {
      return Decision.DROP;
    }
    return sendIf(order.add(target, waitsSince(name)));
  }

  private Decision removal(String name, Order order) {
    boolean mayHold = held.containsKey(name) || doubtful.containsKey(name);
    if (!mayHold) {
      // Only the incremental protocol can say that something does not exist.
      return protocol == Protocol.DELTA && forced.contains(name) ? Decision.SEND : Decision.DROP;
    }
    return silent()
        ? Decision.DROP
        : sendIf(order.remove(new ResourceKey(type, name), waitsSince(name)));
  }

  /** What the response holds on the wire: all that the client keeps, or only what is new. */
  Collection<Resource> content(Batch batch) {
    if (!fullState()) {
      return batch.added().values();
    }
    var all = new TreeMap<>(held);
    all.putAll(batch.added());
    all.keySet().removeAll(batch.removed());
    return all.values();
  }

  /** The batch is on its way. */
  void sent(Batch batch, String nonce, String version, long now) {
    Moment brought = batch.added().isEmpty() && batch.removed().isEmpty() ? null : moment;
    inFlight =
        new Sent(nonce, version, batch.added(), batch.removed(), now, brought, batch.suspects());
    lastNonce = nonce;
    moment = null;
    answerDue = false;
    for (Collection<String> part : List.of(batch.added().keySet(), batch.removed())) {
      forced.removeAll(part);
      part.forEach(waiting::remove);
    }
    if (fullState()) {
      forced.clear();
    }
  }

  // What the client answers.

  /** The client has taken the response over; returns what it held before under the same names. */
  List<Resource> acknowledged() {
    Sent sent = takeInFlight();
    everAcknowledged = true;
    var replaced = new ArrayList<Resource>();
    sent.added()
        .forEach((name, resource) -> {
          doubtful.remove(name);
          if (wants(name)) {
            Resource old = held.put(name, resource);
            if (old != null) {
              replaced.add(old);
            }
          }
        });
    for (String name : sent.removed()) {
      doubtful.remove(name);
      Resource old = held.remove(name);
      if (old != null) {
        replaced.add(old);
      }
    }
    if (sent.suspects()) {
      suspects.poll();
    }
    if (fullState()) {
      doubtful.clear(); // the response held all that the client may hold
    }
    return replaced;
  }

  /**
   * The client has refused the response: what it held is doubtful. Where the culprits are known
   * they are returned, and their last good versions and the rest go out again; else the halves do,
   * one after the other.
   */
  List<Resource> refused(String message) {
    Sent sent = takeInFlight();
    if (sent.suspects()) {
      suspects.poll();
    }
    sent.added()
        .forEach((name, r) -> doubtful.computeIfAbsent(name, any -> new ArrayList<>()).add(r));
    Set<String> candidates = sent.candidates();
    Set<String> culprits =
        candidates.size() == 1 ? candidates : Culprits.named(message, candidates);
    var found = new ArrayList<Resource>();
    for (String name : culprits) {
      Resource refused = java.util.Objects.requireNonNull(sent.added().get(name));
      rejections.add(name, refused.version(), message);
      found.add(refused);
    }
    again(candidates);
    if (candidates.isEmpty()) {
      // Nothing that it brings can be at fault: the client is left as it is.
      sent.removed().forEach(this::forget);
    } else {
      sent.removed().forEach(name -> doubtful.computeIfAbsent(name, any -> new ArrayList<>()));
      dirty.addAll(sent.removed());
    }
    for (Resource refused : found) {
      Resource good = held.get(refused.key().name());
      if (good != null && sameVersion(good, refused)) {
        settle(good.key().name());
      }
    }
    if (culprits.isEmpty()) {
      split(candidates);
    } else {
      keepSuspects(sent, candidates, culprits);
    }
    return found;
  }

  private void again(Collection<String> refused) {
    for (String name : refused) {
      if (wants(name)) {
        forced.add(name);
        dirty.add(name);
      } else {
        forget(name);
      }
    }
  }

  /** The last good version was refused in its turn: sending it once more would change nothing. */
  private void settle(String name) {
    doubtful.remove(name);
    forced.remove(name);
    dirty.remove(name);
  }

  private void split(Set<String> candidates) {
    var all = List.copyOf(candidates);
    int half = all.size() / 2;
    if (half > 0) {
      suspects.push(new LinkedHashSet<>(all.subList(half, all.size())));
      suspects.push(new LinkedHashSet<>(all.subList(0, half)));
    }
  }

  private void keepSuspects(Sent sent, Set<String> candidates, Set<String> culprits) {
    var rest = new LinkedHashSet<>(candidates);
    rest.removeAll(culprits);
    if (sent.suspects() && !rest.isEmpty()) {
      suspects.push(rest);
    }
  }

  private Sent takeInFlight() {
    Sent sent = java.util.Objects.requireNonNull(inFlight);
    inFlight = null;
    return sent;
  }

  // Small things.

  /** Whether the protocol has no word for a removal: the client drops what nothing names. */
  boolean silent() {
    return protocol == Protocol.SOTW && !type.wildcard();
  }

  private boolean fullState() {
    return protocol == Protocol.SOTW && type.wildcard();
  }

  private Resource unknown(String name, String version) {
    return new Resource(
        new ResourceKey(type, name),
        Any.getDefaultInstance(),
        version,
        com.google.common.collect.ImmutableSet.of(),
        com.google.common.collect.ImmutableSet.of());
  }

  /** Whether the client brought the resource from an earlier stream, so that only it knows it. */
  static boolean isUnknown(Resource resource) {
    return resource.body().getTypeUrl().isEmpty();
  }

  private static boolean sameVersion(Resource a, Resource b) {
    return a.version().equals(b.version());
  }
}
