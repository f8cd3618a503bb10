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
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Optional;
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
  private final Sender sender;

  private @Nullable NodeIdentity node;
  private @Nullable Group group;
  private boolean ended;
  private final Note note = new Note();
  private final LocalFaults localFaults = new LocalFaults();

  /** {@code only} is null on the aggregated service. */
  Stream(Client client, Protocol protocol, @Nullable ResourceType only, Fleet fleet) {
    this.client = client;
    this.protocol = protocol;
    this.only = only;
    this.fleet = fleet;
    for (ResourceType type : ResourceType.values()) {
      subscriptions.put(type, new Subscription(type, protocol, this::lastGood, fleet::shared));
      answers.put(type, new Answers());
    }
    this.order = new Order(subscriptions, only == null, fleet.settings(), fleet.metrics());
    this.sender =
        new Sender(
            client, protocol, subscriptions, answers, order, fleet, this::alarm, this::nodeId);
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
    boolean first = !subscription.interest().begun();
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
    sender.answered(subscription.type);
    if (error == null) {
      last.acked(sent.version());
      sent.batch().added().values().forEach(taken -> localFaults.over(taken.key()));
      sent.batch().added().values().forEach(java.util.Objects.requireNonNull(group)::acknowledged);
      subscription.acknowledged().forEach(old -> order.replaced(old, now));
      fleet.metrics().acked(subscription.type);
      if (sent.moment() != null) {
        fleet.metrics().latency(subscription.type, sent.moment(), now);
      }
    } else {
      last.nacked(sent.version(), error.getMessage());
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
    for (Resource culprit : culprits) {
      if (LocalFaults.is(message)) {
        fleet.timer().after(localFaults.delay(culprit), () -> sendAgain(subscription, culprit));
      } else {
        tell(subscription, culprit, message);
      }
    }
  }

  /** Sends what was refused for a reason that may be over by now. */
  private synchronized void sendAgain(Subscription subscription, Resource refused) {
    if (!ended) {
      String name = refused.key().name();
      subscription.rejections().forget(name, refused.version());
      long now = fleet.timer().nanoTime();
      subscription.touch(name, new Moment(now, now));
      order.changed();
      pump();
    }
  }

  // Publishes.

  /** Leaves a note of what concerns the stream, never waiting for it. */
  void offer(SnapshotUpdate update, boolean first, Moment moment) {
    if (note.add(update, first, moment, (type, name) -> of(type).wants(name))) {
      fleet.metrics().woken();
      fleet.executor().execute(this::wake);
    }
  }

  /** Reads the note, and looks at everything that waits. */
  synchronized void wake() {
    Note.Content content = note.take();
    content
        .names()
        .forEach((type, names) -> {
          Subscription subscription = of(type);
          for (String name : names) {
            subscription.touch(name, content.moment());
          }
          if (!subscription.rejections().isEmpty()) {
            names.forEach(name -> refusedBefore(subscription, name));
          }
        });
    order.changed();
    pump();
  }

  /** What the client has refused before is not sent to it again, but counts as refused again. */
  private void refusedBefore(Subscription subscription, String name) {
    Resource resource = snapshot().get(new ResourceKey(subscription.type, name));
    if (resource != null) {
      String message = subscription.rejections().message(name, resource.version());
      if (message != null && !LocalFaults.is(message)) {
        tell(subscription, resource, message);
      }
    }
  }

  private void tell(Subscription subscription, Resource culprit, String message) {
    Resource held = subscription.held().get(culprit.key().name());
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
      sender.cancelAlarm();
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

  private void pump() {
    Group joined = group;
    Snapshot snapshot = joined == null ? null : joined.snapshot();
    if (joined != null && snapshot != null && !ended) {
      sender.pump(snapshot, joined.bodies());
    }
  }

  private synchronized void alarm() {
    sender.alarmRang();
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
      if (subscription.interest().begun()) {
        types.put(
            subscription.type,
            java.util.Objects.requireNonNull(answers.get(subscription.type))
                .status(subscription, snapshot().of(subscription.type), fleet.timer().nanoTime()));
      }
    }
    return new NodeStatus(nodeId(), group(), protocol, since, types.build());
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
        if (subscription.interest().begun() && subscription.wants(name)) {
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
