package io.convoy.xds;

import io.convoy.snapshot.Snapshot;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.NodeGroup.Role;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Make before break on one stream: which resource may go out now, and which must wait for an
 * acknowledgment of another (Envoy's xDS protocol, "eventual consistency considerations").
 *
 * <ul>
 *   <li>What names a cluster goes after the cluster, its endpoints and its secrets were
 *       acknowledged. Envoy acknowledges CDS only when every cluster is warm, so endpoints never
 *       wait for it.
 *   <li>A route configuration goes after the listeners that name it, and after the extensions that
 *       it switches on: a guard is in place before the route that relies on it.
 *   <li>A resource is removed after everything that the client holds stopped naming it, and for
 *       what a listener named after the listener has drained.
 * </ul>
 *
 * <p>A listener may prepare slots: extensions that it names, each with a default until there is a
 * resource of that name. Such a listener waits for none of them, and an extension is kept by the
 * route configurations that switch it on, not by the listener as it is published. What a slot holds
 * may come to stand for other documents; a route configuration that begins to use it goes after
 * that content.
 *
 * <p>Nobody waits for what the client has not subscribed to, nor longer than the limit for an
 * acknowledgment that does not come. Confined to the stream's lock.
 */
final class Order {
  private static final long NEVER = Long.MAX_VALUE;

  private final Map<ResourceType, Subscription> subscriptions;
  private final long limit;
  private final long drain;
  private final Metrics metrics;
  private final Map<ResourceKey, Long> draining = new HashMap<>();
  private final boolean aggregated;

  private Snapshot snapshot = Snapshot.of(new NodeGroup(Role.GATEWAY, "", 0), List.of());
  private long now;
  private long wakeAt = NEVER;
  private long epoch = 1;
  private long indexedAt;
  private final Set<ResourceKey> pinned = new HashSet<>();
  private final Set<ResourceKey> leaving = new HashSet<>();
  private final Set<ResourceType> unknown = EnumSet.noneOf(ResourceType.class);
  private boolean answered;

  Order(
      EnumMap<ResourceType, Subscription> subscriptions,
      boolean aggregated,
      XdsSettings settings,
      Metrics metrics) {
    this.subscriptions = subscriptions;
    this.aggregated = aggregated;
    this.limit = settings.orderLimit().toNanos();
    this.drain = settings.drainTime().toNanos();
    this.metrics = metrics;
  }

  /** Starts a look at everything that may go out. */
  void begin(Snapshot current, long nanoTime) {
    snapshot = current;
    now = nanoTime;
    wakeAt = NEVER;
  }

  long now() {
    return now;
  }

  /** When to look again although nothing happened; {@link Long#MAX_VALUE} for never. */
  long wakeAt() {
    return wakeAt;
  }

  /** Grows whenever something that waits may be free to go. */
  long epoch() {
    return epoch;
  }

  void changed() {
    epoch++;
  }

  /** The client has answered a response. */
  void answered() {
    answered = true;
    epoch++;
  }

  /** The client replaced or dropped a resource: what a listener named is used until it drained. */
  void replaced(Resource old, long nanoTime) {
    epoch++;
    if (old.key().type() == ResourceType.LISTENERS && drain > 0) {
      Resource present = target(old.key());
      drain(old, present == null ? Set.of() : present.references(), nanoTime + drain);
    }
  }

  private void drain(Resource old, Set<ResourceKey> kept, long until) {
    for (ResourceKey key : old.references()) {
      Long already = kept.contains(key) ? Long.valueOf(NEVER) : draining.get(key);
      if (already == null || already < until) {
        draining.put(key, until);
        Resource named = subscription(key).held().get(key.name());
        if (named != null) {
          drain(named, Set.of(), until);
        }
      }
    }
  }

  /** What order says to a change. */
  enum Verdict {
    GO,
    /** An acknowledgment is missing: the limit runs. */
    WAIT,
    /** Something stands in the way that is in order, or has a limit of its own. */
    STAY
  }

  /** Whether {@code resource} may be sent; {@code since} is when its limit began to run, if so. */
  Verdict add(Resource resource, @Nullable Long since) {
    return ready(resource) ? Verdict.GO : limited(resource.key(), since);
  }

  private boolean ready(Resource resource) {
    ResourceKey key = resource.key();
    return switch (key.type()) {
      case CLUSTERS, SECRETS, ENDPOINTS -> true;
      case EXTENSIONS, LISTENERS -> clustersReady(resource);
      case ROUTES -> clustersReady(resource) && extensionsReady(resource) && listenersReady(key);
    };
  }

  private boolean clustersReady(Resource resource) {
    for (ResourceKey key : resource.references()) {
      if (key.type() == ResourceType.CLUSTERS && !clusterReady(key)) {
        return false;
      }
    }
    return true;
  }

  private boolean clusterReady(ResourceKey cluster) {
    Subscription clusters = subscription(cluster);
    Resource target = clusters.wants(cluster.name()) ? target(cluster) : null;
    if (target == null) {
      return true;
    }
    if (!clusters.has(cluster.name())) {
      return false;
    }
    for (ResourceKey key : target.references()) {
      // An aggregate's members come in the same response: no need to follow them further.
      boolean ready =
          switch (key.type()) {
            case ENDPOINTS, SECRETS, CLUSTERS -> settled(key);
            case EXTENSIONS, LISTENERS, ROUTES -> true;
          };
      if (!ready) {
        return false;
      }
    }
    return true;
  }

  /** Whether the client has it, or has not asked for it, or will never get it. */
  private boolean settled(ResourceKey key) {
    Subscription subscription = subscription(key);
    return !subscription.wants(key.name()) || subscription.has(key.name()) || target(key) == null;
  }

  private boolean extensionsReady(Resource route) {
    for (ResourceKey key : route.references()) {
      if (key.type() == ResourceType.EXTENSIONS && !extensionReady(key, route.key())) {
        return false;
      }
    }
    return true;
  }

  private boolean extensionReady(ResourceKey key, ResourceKey route) {
    Resource latest = snapshot.get(key);
    Subscription extensions = subscription(key);
    boolean comes = extensions.wants(key.name()) || someListenerNames(key);
    if (latest == null || !comes) {
      return true;
    }
    if (!extensions.has(key.name())) {
      return target(key) == null;
    }
    Subscription routes = subscription(route);
    // What was refused in part may be in use or not: that it is held says nothing.
    Resource used = routes.has(route.name()) ? routes.held().get(route.name()) : null;
    return (used != null && used.references().contains(key)) || extensions.holdsContentOf(latest);
  }

  /** An Envoy asks for an extension, or for routes, a moment after it took the listener. */
  private boolean someListenerNames(ResourceKey key) {
    for (Resource listener : snapshot.of(ResourceType.LISTENERS).values()) {
      if (subscription(listener.key()).wants(listener.key().name())
          && listener.references().contains(key)) {
        return true;
      }
    }
    return false;
  }

  private boolean listenersReady(ResourceKey route) {
    for (Resource listener : snapshot.of(ResourceType.LISTENERS).values()) {
      if (listener.references().contains(route)) {
        Subscription listeners = subscription(listener.key());
        Resource target = target(listener.key());
        if (target != null && listeners.wants(target.key().name()) && !listeners.has(target)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether the resource may be taken from the client; {@code since} as above. */
  Verdict remove(ResourceKey key, @Nullable Long since) {
    if (key.type() == ResourceType.LISTENERS) {
      return Verdict.GO; // nothing names a listener
    }
    if (drains(key)) {
      return Verdict.STAY;
    }
    index();

    if (pinned.contains(key)) {
      return Verdict.STAY;
    }
    boolean free = !leaving.contains(key) && !unknownNames(key.type()) && !expectsMore(key);
    return free ? Verdict.GO : limited(key, since);
  }

  private boolean drains(ResourceKey key) {
    Long until = draining.get(key);
    if (until != null && until > now) {
      wakeAt = Math.min(wakeAt, until);
      return true;
    }
    draining.remove(key);
    return false;
  }

  /**
   * Whether the client came back from an earlier stream and may have yet to say what else it holds.
   * It says all before it answers anything.
   */
  private boolean expectsMore(ResourceKey key) {
    return aggregated
        && !answered
        && subscription(key).resumed()
        && subscriptions.values().stream()
            .anyMatch(other -> namesOthers(other.type) && !other.interest().begun());
  }

  /**
   * What the client's resources name: those that stay as they are for now, and those whose
   * replacement waits for the client's answer.
   */
  private void index() {
    if (indexedAt == epoch) {
      return;
    }
    indexedAt = epoch;
    pinned.clear();
    leaving.clear();
    unknown.clear();
    var orphans = new ArrayList<Resource>();
    for (Subscription subscription : subscriptions.values()) {
      boolean unanswered = subscription.inFlight() != null;
      for (Resource held : subscription.held().all()) {
        if (orphan(subscription, held)) {
          orphans.add(held);
          continue;
        }
        boolean moves =
            unanswered
                && !subscription.waiting().contains(held.key().name())
                && !isTarget(subscription, held);
        addNamed(held, moves ? leaving : pinned);
      }
      subscription.uncertain().forEach(resource -> leaving.addAll(resource.references()));
    }
    for (Resource orphan : orphans.reversed()) { // routes name extensions, not the other way round
      ResourceKey key = orphan.key();
      if (pinned.contains(key) || leaving.contains(key) || drains(key)) {
        pinned.addAll(orphan.references());
      }
    }
    for (Subscription subscription : subscriptions.values()) {
      ResourceType type = subscription.type;
      if (namesOthers(type)
          && subscription.holdsUnknown(name -> isUsed(new ResourceKey(type, name)))) {
        unknown.add(type);
      }
    }
  }

  /**
   * What the snapshot dropped and the client can't be told of: it counts while something names it.
   */
  private boolean orphan(Subscription subscription, Resource held) {
    return subscription.silent() && subscription.target(held.key().name(), snapshot) == null;
  }

  private boolean isTarget(Subscription subscription, Resource held) {
    Resource target = subscription.target(held.key().name(), snapshot);
    return target != null && target.version().equals(held.version());
  }

  /** An extension is used only where a route says so. */
  private boolean isUsed(ResourceKey key) {
    return key.type() != ResourceType.EXTENSIONS
        || snapshot.get(key) != null
        || pinned.contains(key)
        || leaving.contains(key);
  }

  private void addNamed(Resource held, Set<ResourceKey> target) {
    Resource latest = snapshot.get(held.key());
    boolean published = latest != null && latest.version().equals(held.version());
    boolean preparesSlots = published && held.key().type() == ResourceType.LISTENERS;
    for (ResourceKey key : held.references()) {
      if (key.type() != ResourceType.EXTENSIONS || !preparesSlots) {
        target.add(key);
      }
    }
  }

  /** Whether the client holds something that may name a resource of the type, or may not. */
  private boolean unknownNames(ResourceType type) {
    return unknown.stream().anyMatch(namer -> mayName(namer, type));
  }

  private static boolean mayName(ResourceType namer, ResourceType named) {
    return switch (named) {
      case SECRETS, ENDPOINTS -> namesOthers(namer);
      case CLUSTERS -> namesOthers(namer) && namer != ResourceType.CLUSTERS;
      case EXTENSIONS -> namer == ResourceType.ROUTES || namer == ResourceType.LISTENERS;
      case ROUTES -> namer == ResourceType.LISTENERS;
      case LISTENERS -> false;
    };
  }

  private static boolean namesOthers(ResourceType type) {
    return switch (type) {
      case CLUSTERS, EXTENSIONS, LISTENERS, ROUTES -> true;
      case SECRETS, ENDPOINTS -> false;
    };
  }

  private Verdict limited(ResourceKey key, @Nullable Long since) {
    long deadline = (since == null ? now : since) + limit;
    if (deadline > now) {
      wakeAt = Math.min(wakeAt, deadline);
      return Verdict.WAIT;
    }
    metrics.orderTimeout(key.type());
    return Verdict.GO;
  }

  private @Nullable Resource target(ResourceKey key) {
    return subscription(key).target(key.name(), snapshot);
  }

  private Subscription subscription(ResourceKey key) {
    return java.util.Objects.requireNonNull(subscriptions.get(key.type()));
  }
}
