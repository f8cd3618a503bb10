package io.convoy.xds;

import com.google.common.collect.ImmutableMap;
import com.google.rpc.Status;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.SnapshotUpdate;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream: turns requests and publishes into what its subscriptions are to look at, and sends
 * what may go. Everything happens under the stream's lock; a publisher only leaves a note.
 */
final class Stream {
  private static final Logger log = LoggerFactory.getLogger(Stream.class);

  /** The client's end. */
  interface Client {
    /** Whether it takes more without buffering. */
    boolean isReady();

    void send(Response response);

    void close(io.grpc.Status status);
  }

  /** How far a node is with a document; the words of one that refuses it. */
  record Progress(boolean done, @Nullable String error) {}

  private final Client client;
  private final Protocol protocol;
  private final @Nullable ResourceType only;
  private final Fleet fleet;
  private final Instant since = Instant.now();
  private final EnumMap<ResourceType, Subscription> subscriptions =
      new EnumMap<>(ResourceType.class);
  private final EnumMap<ResourceType, Answers> answers = new EnumMap<>(ResourceType.class);
  private final Order order;

  private @Nullable NodeIdentity node;
  private @Nullable Group group;
  private long nonces;
  private boolean ended;
  private boolean pumping;
  private long alarmAt = Long.MAX_VALUE;
  private Runnable cancelAlarm = () -> {};

  private final Object noteLock = new Object();
  private Map<ResourceType, Set<String>> note = new HashMap<>();
  private boolean noted;
  private Moment notedAt = new Moment(0, 0);

  /** The last answers of a type, for people. */
  private static final class Answers {
    @Nullable String sent;
    @Nullable String acked;
    @Nullable String nacked;
    @Nullable String error;
  }

  /** {@code only} is null on the aggregated service. */
  Stream(Client client, Protocol protocol, @Nullable ResourceType only, Fleet fleet) {
    this.client = client;
    this.protocol = protocol;
    this.only = only;
    this.fleet = fleet;
    for (ResourceType type : ResourceType.values()) {
      subscriptions.put(type, new Subscription(type, protocol, this::lastGood));
      answers.put(type, new Answers());
    }
    this.order = new Order(subscriptions, only == null, fleet.settings(), fleet.metrics());
  }

  // Requests.

  /**
   * Takes a request.
   *
   * @throws IllegalArgumentException with one line for the client, when the stream cannot go on
   */
  synchronized void request(DiscoveryRequest request) {
    Subscription subscription = begin(request.getNode(), request.getTypeUrl());
    if (subscription == null) {
      return;
    }
    Sent sent = subscription.inFlight();
    String nonce = request.getResponseNonce();
    boolean first = !subscription.begun();
    if (!first && !nonce.equals(subscription.lastNonce())) {
      return; // a later response makes the client ask again, with all its names
    }
    if (!first && sent != null) {
      answer(subscription, request.hasErrorDetail() ? request.getErrorDetail() : null);
    }
    boolean resumed = first && !request.getVersionInfo().isEmpty();
    subscription.request(request.getResourceNamesList(), resumed, this::snapshot);
    order.changed();
    pump();
  }

  /** As {@link #request(DiscoveryRequest)}. Changes of a subscription count whatever the nonce. */
  synchronized void request(DeltaDiscoveryRequest request) {
    Subscription subscription = begin(request.getNode(), request.getTypeUrl());
    if (subscription == null) {
      return;
    }
    Sent sent = subscription.inFlight();
    if (sent != null && sent.nonce().equals(request.getResponseNonce())) {
      answer(subscription, request.hasErrorDetail() ? request.getErrorDetail() : null);
    }
    subscription.request(
        request.getResourceNamesSubscribeList(),
        request.getResourceNamesUnsubscribeList(),
        request.getInitialResourceVersionsMap(),
        this::snapshot);
    order.changed();
    pump();
  }

  /** Null for a type that is unknown here: the client may well live without it. */
  private @Nullable Subscription begin(Node identity, String typeUrl) {
    if (node == null) {
      node = NodeIdentity.of(identity);
      group = fleet.join(node.group(), this);
    }
    if (only != null) {
      if (!typeUrl.isEmpty() && !typeUrl.equals(only.typeUrl())) {
        throw new IllegalArgumentException(
            "type_url is " + typeUrl + " on the stream of " + only.typeUrl());
      }
      return subscriptions.get(only);
    }
    if (typeUrl.isEmpty()) {
      throw new IllegalArgumentException("type_url is empty on an aggregated stream");
    }
    for (Subscription subscription : subscriptions.values()) {
      if (subscription.type.typeUrl().equals(typeUrl)) {
        return subscription;
      }
    }
    fleet.metrics().unknownType();
    return null;
  }

  private void answer(Subscription subscription, @Nullable Status error) {
    Sent sent = java.util.Objects.requireNonNull(subscription.inFlight());
    Answers last = java.util.Objects.requireNonNull(answers.get(subscription.type));
    long now = fleet.timer().nanoTime();
    order.answered();
    if (error == null) {
      last.acked = sent.version();
      last.error = null;
      sent.added().values().forEach(java.util.Objects.requireNonNull(group)::acknowledged);
      subscription.acknowledged().forEach(old -> order.replaced(old, now));
      fleet.metrics().acked(subscription.type);
      if (sent.moment() != null) {
        fleet.metrics().latency(subscription.type, sent.moment(), now);
      }
    } else {
      last.nacked = sent.version();
      last.error = error.getMessage();
      fleet.metrics().nacked(subscription.type);
      refused(subscription, error.getMessage());
    }
  }

  private void refused(Subscription subscription, String message) {
    Collection<Resource> culprits = subscription.refused(message);
    log.warn(
        "{} refuses {}{}: {}",
        nodeId(),
        subscription.type.label(),
        culprits.stream()
            .map(r -> " " + r.key().name())
            .collect(java.util.stream.Collectors.joining()),
        message);
    culprits.forEach(culprit -> tell(subscription, culprit, message));
  }

  // Publishes.

  /** Leaves a note of what concerns the stream, never waiting for it. */
  void offer(SnapshotUpdate update, boolean first, Moment moment) {
    boolean wake;
    synchronized (noteLock) {
      boolean concerned = first;
      for (Map.Entry<ResourceType, String> changed : update.changed().entries()) {
        if (of(changed.getKey()).wants(changed.getValue())) {
          note.computeIfAbsent(changed.getKey(), type -> new HashSet<>()).add(changed.getValue());
          concerned = true;
        }
      }
      wake = concerned && !noted;
      if (wake) {
        noted = true;
        notedAt = moment;
      }
    }
    if (wake) {
      fleet.metrics().woken();
      fleet.executor().execute(this::wake);
    }
  }

  /** Reads the note, and looks at everything that waits. */
  synchronized void wake() {
    Map<ResourceType, Set<String>> taken;
    Moment moment;
    synchronized (noteLock) {
      taken = note;
      moment = notedAt;
      note = new HashMap<>();
      noted = false;
    }
    taken.forEach((type, names) -> names.forEach(name -> of(type).touch(name, moment)));
    taken.forEach((type, names) -> names.forEach(name -> refusedBefore(of(type), name)));
    order.changed();
    pump();
  }

  /** What the client has refused before is not sent to it again, but counts as refused again. */
  private void refusedBefore(Subscription subscription, String name) {
    Resource resource = snapshot().get(new ResourceKey(subscription.type, name));
    if (resource != null) {
      String message = subscription.rejections().message(name, resource.version());
      if (message != null) {
        tell(subscription, resource, message);
      }
    }
  }

  private void tell(Subscription subscription, Resource culprit, String message) {
    Resource held = subscription.held(culprit.key().name());
    java.util.Objects.requireNonNull(group)
        .refused(culprit, message, nodeId(), held == null ? null : held.version());
  }

  /** The client takes more again. */
  synchronized void ready() {
    pump();
  }

  synchronized void end() {
    if (!ended) {
      ended = true;
      cancelAlarm.run();
      if (group != null) {
        group.streams().remove(this);
      }
    }
  }

  /** Ends the stream from this side. */
  synchronized void close(io.grpc.Status status) {
    if (!ended) {
      end();
      client.close(status);
    }
  }

  // Responses.

  /** Sends what may go, type after type, until nothing more may. */
  private void pump() {
    Snapshot snapshot = group == null ? null : group.snapshot();
    if (snapshot == null || ended) {
      return;
    }
    if (pumping) {
      return; // a transport without threads calls back from within a send; the loop goes on
    }
    pumping = true;
    order.begin(snapshot, fleet.timer().nanoTime());
    long before;
    boolean sent;
    do {
      before = order.epoch();
      sent = false;
      for (Subscription subscription : subscriptions.values()) {
        sent |= subscription.begun() && client.isReady() && send(subscription, snapshot);
      }
    } while (sent || order.epoch() != before);
    pumping = false;
    setAlarm();
  }

  private boolean send(Subscription subscription, Snapshot snapshot) {
    Subscription.Batch batch = subscription.next(snapshot, order);
    if (batch == null) {
      return false;
    }
    ResourceType type = subscription.type;
    Collection<Resource> content = subscription.content(batch);
    String version = fleet.versions().of(content, batch.removed());
    String nonce = Long.toHexString(++nonces);
    Response response =
        switch (protocol) {
          case SOTW -> Response.sotw(type.typeUrl(), version, nonce, content);
          case DELTA -> Response.delta(type.typeUrl(), version, nonce, content, batch.removed());
        };
    subscription.sent(batch, nonce, version, order.now());
    order.changed();
    java.util.Objects.requireNonNull(answers.get(type)).sent = version;
    if (type == ResourceType.CLUSTERS) {
      batch.added().values().forEach(this::resendEndpoints);
    }
    fleet.metrics().sent(type, content.size(), response.size());
    client.send(response);
    return true;
  }

  /**
   * An Envoy that gets a cluster anew warms it until its endpoints come again, changed or not
   * (Envoy's xDS protocol, "resource warming").
   */
  private void resendEndpoints(Resource cluster) {
    for (ResourceKey key : cluster.references()) {
      if (key.type() == ResourceType.ENDPOINTS) {
        of(key.type()).resend(key.name());
      }
    }
  }

  private void setAlarm() {
    if (order.wakeAt() < alarmAt) {
      cancelAlarm.run();
      alarmAt = order.wakeAt();
      cancelAlarm = fleet.timer().after(Math.max(0, alarmAt - order.now()), this::alarm);
    }
  }

  private synchronized void alarm() {
    alarmAt = Long.MAX_VALUE;
    order.changed();
    pump();
  }

  // Status.

  /** The group, once the node is known; streams are listed only then. */
  NodeGroup group() {
    return java.util.Objects.requireNonNull(node).group();
  }

  String nodeId() {
    return java.util.Objects.requireNonNull(node).id();
  }

  synchronized boolean pending() {
    return subscriptions.values().stream().anyMatch(Subscription::pending);
  }

  synchronized NodeStatus status() {
    var types = ImmutableMap.<ResourceType, TypeStatus>builder();
    for (Subscription subscription : subscriptions.values()) {
      if (subscription.begun()) {
        types.put(subscription.type, status(subscription));
      }
    }
    return new NodeStatus(nodeId(), group(), protocol, since, types.build());
  }

  private TypeStatus status(Subscription subscription) {
    Answers last = java.util.Objects.requireNonNull(answers.get(subscription.type));
    Sent sent = subscription.inFlight();
    String error =
        last.error != null
            ? last.error
            : subscription.rejections().current(snapshot().of(subscription.type));
    return new TypeStatus(
        subscription.subscribed(),
        subscription.held().size(),
        Optional.ofNullable(last.sent),
        Optional.ofNullable(last.acked),
        Optional.ofNullable(last.nacked),
        Optional.ofNullable(error),
        Optional.ofNullable(sent).map(s -> Duration.ofNanos(fleet.timer().nanoTime() - s.sentAt())),
        subscription.waiting());
  }

  /** Where the client stands with resources of the present snapshot; empty if it wants none. */
  synchronized Optional<Progress> progress(Collection<ResourceKey> keys) {
    boolean concerned = false;
    boolean done = true;
    @Nullable String error = null;
    for (ResourceKey key : keys) {
      Subscription subscription = of(key.type());
      Resource current = snapshot().get(key);
      if (current != null && subscription.wants(key.name())) {
        concerned = true;
        done &= subscription.has(current);
        String refused = subscription.rejections().message(key.name(), current.version());
        error = refused == null ? error : refused;
      }
    }
    return concerned ? Optional.of(new Progress(done, error)) : Optional.empty();
  }

  /** Takes one resource, whether the client holds it, and its words when it refuses it. */
  interface Description {
    void resource(Resource resource, boolean held, @Nullable String message);
  }

  /** Describes every present resource that the client wants. */
  synchronized void describe(Description description) {
    for (Subscription subscription : subscriptions.values()) {
      for (Resource resource : snapshot().of(subscription.type).values()) {
        String name = resource.key().name();
        if (subscription.begun() && subscription.wants(name)) {
          description.resource(
              resource,
              subscription.has(resource),
              subscription.rejections().message(name, resource.version()));
        }
      }
    }
  }

  private @Nullable Resource lastGood(ResourceKey key) {
    return group == null ? null : group.lastGood(key);
  }

  private Snapshot snapshot() {
    Snapshot snapshot = group == null ? null : group.snapshot();
    return snapshot == null ? Snapshot.of(group(), java.util.List.of()) : snapshot;
  }

  private Subscription of(ResourceType type) {
    return java.util.Objects.requireNonNull(subscriptions.get(type));
  }
}
