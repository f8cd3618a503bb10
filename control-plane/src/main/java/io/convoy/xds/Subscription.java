package io.convoy.xds;

import io.convoy.snapshot.Snapshot;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One type of resource on one stream: what is to be looked at, what is on its way, and what becomes
 * of the answer. Confined to the stream's lock, except {@link #wants}.
 */
final class Subscription {
  final ResourceType type;
  private final Protocol protocol;
  private final LastGood lastGood;
  private final Interest interest;
  private final Holdings held = new Holdings();
  private final Waiting waiting = new Waiting();
  private final Suspects suspects = new Suspects();
  private final Rejections rejections = new Rejections();

  private Set<String> dirty = new LinkedHashSet<>();
  private Set<String> forced = new HashSet<>();
  private @Nullable Sent inFlight;
  private boolean answerDue;
  private boolean everAcknowledged;
  private boolean resumed;
  private String lastNonce = "";
  private @Nullable Moment moment;
  private long waitingLookedAt;

  /** Finds what other clients, or this one on another stream, took over before the present. */
  interface LastGood {
    @Nullable Resource of(ResourceKey key);
  }

  /** {@code shared} gives the copy of a name that all streams have in common. */
  Subscription(
      ResourceType type, Protocol protocol, LastGood lastGood, UnaryOperator<String> shared) {
    this.type = type;
    this.protocol = protocol;
    this.lastGood = lastGood;
    this.interest = new Interest(type, shared);
  }

  // What the client asks for.

  Interest interest() {
    return interest;
  }

  /** Whether the client asks for the name. Safe from any thread. */
  boolean wants(String name) {
    return interest.wants(name);
  }

  /**
   * A state-of-the-world request. {@code resumes}: the client holds some version from an earlier
   * stream.
   */
  void request(Collection<String> requested, boolean resumes, Supplier<Snapshot> snapshot) {
    resumed |= resumes;
    boolean first = !interest.begun();
    Interest.Change change = interest.replace(requested);
    answerDue |= first && fullState() && (change.gainsAll() || !change.added().isEmpty());
    asked(change, Set.of(), snapshot);
    left(change);
  }

  /** An incremental request; the initial versions count on the first one only. */
  void request(
      Collection<String> subscribe,
      Collection<String> unsubscribe,
      Map<String, String> initialVersions,
      Supplier<Snapshot> snapshot) {
    boolean first = !interest.begun();
    Interest.Change change = interest.adjust(subscribe, unsubscribe);
    Map<String, String> brought = first ? initialVersions : Map.of();
    asked(change, brought.keySet(), snapshot);
    if (first) {
      answerDue = change.gainsAll() && brought.isEmpty();
      resumed = !brought.isEmpty();
    }
    if (!brought.isEmpty()) {
      Map<String, Resource> present = snapshot.get().of(type);
      brought.forEach((name, version) -> holdsSince(name, version, present.get(name)));
    }
    left(change);
  }

  /**
   * Asks for the snapshot only after the names stand, so that a publish meanwhile is seen here or
   * there. What the client {@code brought} is left to {@link #holdsSince}.
   */
  private void asked(Interest.Change change, Set<String> brought, Supplier<Snapshot> snapshot) {
    for (String name : change.added()) {
      if (!brought.contains(name)) {
        forced.add(name);
        dirty.add(name);
      }
    }
    if (change.gainsAll()) {
      answerDue |= fullState();
      for (String name : snapshot.get().of(type).keySet()) {
        if (!brought.contains(name)) {
          dirty.add(name);
        }
      }
      if (inFlight != null) {
        dirty.addAll(inFlight.batch().added().keySet()); // they may have been dropped meanwhile
      }
    }
  }

  private void left(Interest.Change change) {
    for (String name : change.gone()) {
      if (!interest.wildcard()) {
        forget(name);
      } else if (protocol == Protocol.DELTA) {
        // The client cannot tell whether the wildcard covers the name: it must be told.
        forced.add(name);
        dirty.add(name);
      }
    }
    if (change.losesAll()) {
      Set.copyOf(held.names()).stream().filter(name -> !wants(name)).forEach(this::forget);
    }
  }

  /**
   * The client brings the resource from an earlier stream. Most are as they are now: a thousand
   * streams that were cut come back with hundreds each, and nothing is to be done about these.
   */
  private void holdsSince(String name, String version, @Nullable Resource latest) {
    if (!wants(name)) {
      return;
    }
    if (latest != null && latest.version().equals(version)) {
      held.put(latest);
    } else {
      held.putUnknown(new ResourceKey(type, name), version);
      dirty.add(name);
    }
  }

  private void forget(String name) {
    held.remove(name);
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
   *
   * @param used whether anything uses a name: most slots are empty, and stay unknown
   */
  boolean holdsUnknown(Predicate<String> used) {
    if (protocol == Protocol.DELTA) {
      return held.anyUnknown();
    }
    return resumed
        && (interest.wildcard()
            ? !everAcknowledged
            : interest.names().anyMatch(name -> !held.contains(name) && used.test(name)));
  }

  // What is to be looked at.

  /** Looks at the name again at the next occasion. */
  void touch(String name, Moment published) {
    dirty.add(name);
    moment = moment == null ? published : moment;
  }

  /** The client has dropped its copy: the name is sent again although it may be unchanged. */
  void resend(String name) {
    if (interest.names(name)) {
      forced.add(name);
      dirty.add(name);
    }
  }

  /** What the client should have under the name: the snapshot's, unless the client refuses it. */
  @Nullable Resource target(String name, Snapshot snapshot) {
    Resource latest = snapshot.of(type).get(name);
    Resource has = held.get(name);
    if (latest == null) {
      return null;
    }
    if (!rejections.contains(name, latest.version())) {
      return latest;
    }
    if (has != null && !Holdings.isUnknown(has)) {
      return has;
    }
    Resource good = lastGood.of(new ResourceKey(type, name));
    return good == null || rejections.contains(name, good.version()) || isSlotOfOthers(good, latest)
        ? has
        : good;
  }

  /** Whether what the name stood for before is no earlier version, but another document's. */
  private static boolean isSlotOfOthers(Resource before, Resource latest) {
    return latest.key().type() == ResourceType.EXTENSIONS
        && !before.documents().equals(latest.documents());
  }

  /** Whether what the client holds under the name is that, or another version of the same. */
  boolean holdsContentOf(Resource latest) {
    Resource has = held.get(latest.key().name());
    return has != null
        && (has.version().equals(latest.version()) || has.documents().equals(latest.documents()));
  }

  /** Whether the client is known to hold the name, in whatever version. */
  boolean has(String name) {
    return held.contains(name) && !held.isDoubtful(name) && !leaves(name);
  }

  /** Whether the client holds just this, and nothing else is on its way. */
  boolean has(Resource resource) {
    return held.has(resource) && !leaves(resource.key().name());
  }

  private boolean leaves(String name) {
    return inFlight != null && inFlight.batch().removed().contains(name);
  }

  Holdings held() {
    return held;
  }

  /** What the client may hold besides: not answered yet, or refused as a part of a whole. */
  Collection<Resource> uncertain() {
    var all = new ArrayList<Resource>();
    held.addDoubtfulTo(all);
    if (inFlight != null) {
      all.addAll(inFlight.batch().added().values());
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

  Waiting waiting() {
    return waiting;
  }

  // What goes out.

  /** The next response's content, or null when there is nothing to say now. */
  @Nullable Batch next(Snapshot snapshot, Order order) {
    if (inFlight != null) {
      return null;
    }
    if (waitingLookedAt != order.epoch()) {
      waitingLookedAt = order.epoch();
      dirty.addAll(waiting.names());
    }
    if (!suspects.isEmpty()) {
      Batch batch = nextSuspects(snapshot, order);
      if (batch != null) {
        return batch;
      }
    }
    if (answerDue && interest.wildcard()) {
      // A publish may have come since the request: what the first answer lacks is gone for the
      // client.
      dirty.addAll(snapshot.of(type).keySet());
    }
    Set<String> all = dirty;
    dirty = new LinkedHashSet<>(); // the first look is at hundreds of names, and leaves its size
    suspects.forEach(all::removeAll); // together again they would be what was refused
    Batch batch = choose(all, snapshot, order, false);
    if (answerDue && heldBack(batch, snapshot)) {
      // A first answer is whole: what it lacks, the client takes for gone.
      dirty.addAll(batch.added().keySet());
      dirty.addAll(batch.removed());
      return null;
    }
    return batch.isEmpty() && !answerDue ? null : batch;
  }

  private @Nullable Batch nextSuspects(Snapshot snapshot, Order order) {
    for (int parts = suspects.size(); parts > 0; parts--) {
      Set<String> part = suspects.next();
      Batch batch = choose(part, snapshot, order, true);
      if (!batch.isEmpty()) {
        return batch;
      }
      if (part.stream().anyMatch(name -> waits(name, snapshot))) {
        suspects.postpone();
      } else {
        suspects.done();
      }
    }
    return null;
  }

  private boolean waits(String name, Snapshot snapshot) {
    return waiting.contains(name) && target(name, snapshot) != null;
  }

  /** Whether the response would lack something that only waits for its turn. */
  private boolean heldBack(Batch batch, Snapshot snapshot) {
    return waiting.names().stream()
        .filter(name -> !held.contains(name) && !batch.added().containsKey(name))
        .anyMatch(name -> target(name, snapshot) != null);
  }

  private Batch choose(
      Collection<String> candidates, Snapshot snapshot, Order order, boolean ofSuspects) {
    var batch = new Batch(new LinkedHashMap<>(), new LinkedHashSet<>(), ofSuspects);
    for (String name : candidates) {
      dirty.remove(name);
      Resource target = target(name, snapshot);
      switch (target == null ? removal(name, order) : addition(name, target, order)) {
        case WAIT -> waiting.limited(name, order.now());
        case STAY -> waiting.unlimited(name);
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

  private Decision addition(String name, Resource target, Order order) {
    if (Holdings.isUnknown(target)) {
      held.trust(name);
      return Decision.DROP;
    }
    boolean same = held.has(target);
    if (same) {
      held.put(target);
    }
    if (!wants(name) || (same && !forced.contains(name))) {
      return Decision.DROP;
    }
    return sendIf(order.add(target, waiting.since(name)));
  }

  private Decision removal(String name, Order order) {
    if (type == ResourceType.SECRETS) {
      // It is on its way, or was there and will be again: an Envoy keeps the one that it has.
      return Decision.DROP;
    }
    if (!held.mayContain(name)) {
      // Only the incremental protocol can say that something does not exist.
      return protocol == Protocol.DELTA && forced.contains(name) ? Decision.SEND : Decision.DROP;
    }
    return silent()
        ? Decision.DROP
        : sendIf(order.remove(new ResourceKey(type, name), waiting.since(name)));
  }

  /** What the response holds on the wire: all that the client keeps, or only what is new. */
  Collection<Resource> content(Batch batch) {
    if (!fullState()) {
      return batch.added().values();
    }
    var all = held.byName();
    all.putAll(batch.added());
    all.keySet().removeAll(batch.removed());
    return all.values();
  }

  /** The batch is on its way. */
  void sent(Batch batch, String nonce, String version, long now) {
    inFlight = new Sent(nonce, version, batch, now, batch.isEmpty() ? null : moment);
    lastNonce = nonce;
    moment = null;
    answerDue = false;
    for (Collection<String> part : List.of(batch.added().keySet(), batch.removed())) {
      part.forEach(forced::remove);
      waiting.removeAll(part);
    }
    if (fullState() || forced.isEmpty()) {
      forced = new HashSet<>();
    }
  }

  // What the client answers.

  /** The client has taken the response over; returns what it held before under the same names. */
  List<Resource> acknowledged() {
    Batch batch = takeInFlight();
    everAcknowledged = true;
    var replaced = new ArrayList<Resource>();
    for (Resource resource : batch.added().values()) {
      String name = resource.key().name();
      held.trust(name);
      Resource old = wants(name) ? held.put(resource) : null;
      if (old != null) {
        replaced.add(old);
      }
    }
    for (String name : batch.removed()) {
      Resource old = held.remove(name);
      if (old != null) {
        replaced.add(old);
      }
    }
    if (fullState()) {
      held.trustAll(); // the response held all that the client may hold
    }
    return replaced;
  }

  /**
   * The client has refused the response: what it held is doubtful. Where the culprits are known
   * they are returned, and their last good versions and the rest go out again; else the halves do,
   * one after the other.
   */
  List<Resource> refused(String message) {
    Batch batch = takeInFlight();
    Set<String> candidates = batch.added().keySet();
    if (candidates.isEmpty()) {
      // Nothing that it brings can be at fault: the client is left as it is.
      batch.removed().forEach(this::forget);
      return List.of();
    }
    doubt(batch);
    Set<String> culprits =
        candidates.size() == 1 ? candidates : Culprits.named(message, candidates);
    var found = new ArrayList<Resource>();
    for (String name : culprits) {
      Resource refused = java.util.Objects.requireNonNull(batch.added().get(name));
      rejections.add(name, refused.version(), message);
      found.add(refused);
      Resource good = held.get(name);
      if (good != null && good.version().equals(refused.version())) {
        settle(name);
      }
    }
    if (culprits.isEmpty()) {
      suspects.halves(candidates);
    } else if (batch.suspects()) {
      suspects.rest(candidates, culprits);
    }
    return found;
  }

  private void doubt(Batch batch) {
    batch
        .added()
        .forEach((name, resource) -> {
          if (wants(name)) {
            held.doubt(resource);
            forced.add(name);
            dirty.add(name);
          } else {
            forget(name);
          }
        });
    for (String name : batch.removed()) {
      held.doubtRemoval(name);
      dirty.add(name);
    }
  }

  /** The last good version was refused in its turn: sending it once more would change nothing. */
  private void settle(String name) {
    held.trust(name);
    forced.remove(name);
    dirty.remove(name);
  }

  private Batch takeInFlight() {
    Batch batch = java.util.Objects.requireNonNull(inFlight).batch();
    inFlight = null;
    if (batch.suspects()) {
      suspects.done();
    }
    return batch;
  }

  // The protocol.

  /** Whether the protocol has no word for a removal: the client drops what nothing names. */
  boolean silent() {
    return protocol == Protocol.SOTW && !type.wildcard();
  }

  private boolean fullState() {
    return protocol == Protocol.SOTW && type.wildcard();
  }
}
