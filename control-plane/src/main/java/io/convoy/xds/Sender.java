package io.convoy.xds;

import io.convoy.policy.DocumentId;
import io.convoy.snapshot.Snapshot;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Sends what may go, and sees to it that somebody looks again when a time limit of order ends.
 * Confined to the stream's lock.
 */
final class Sender {
  private final Stream.Client client;
  private final Protocol protocol;
  private final Map<ResourceType, Subscription> subscriptions;
  private final Map<ResourceType, Answers> answers;
  private final Order order;
  private final Fleet fleet;
  private final Runnable onAlarm;
  private final Supplier<String> nodeId;

  private final Map<ResourceType, SentEvent> unanswered = new EnumMap<>(ResourceType.class);

  private long nonces;
  private boolean pumping;
  private long alarmAt = Long.MAX_VALUE;
  private Runnable cancelAlarm = () -> {};

  /** {@code onAlarm} runs on the timer's thread. */
  Sender(
      Stream.Client client,
      Protocol protocol,
      Map<ResourceType, Subscription> subscriptions,
      Map<ResourceType, Answers> answers,
      Order order,
      Fleet fleet,
      Runnable onAlarm,
      Supplier<String> nodeId) {
    this.client = client;
    this.protocol = protocol;
    this.subscriptions = subscriptions;
    this.answers = answers;
    this.order = order;
    this.fleet = fleet;
    this.onAlarm = onAlarm;
    this.nodeId = nodeId;
  }

  /** Type after type, until nothing more may go; {@code bodies} are those of the group. */
  void pump(Snapshot snapshot, Bodies bodies) {
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
        sent |=
            subscription.interest().begun()
                && client.isReady()
                && send(subscription, snapshot, bodies);
      }
    } while (sent || order.epoch() != before);
    pumping = false;
    setAlarm();
  }

  private boolean send(Subscription subscription, Snapshot snapshot, Bodies bodies) {
    Batch batch = subscription.next(snapshot, order);
    if (batch == null) {
      return false;
    }
    ResourceType type = subscription.type;
    Collection<Resource> content = subscription.content(batch);
    Response.Body body = bodies.of(type, protocol, content, batch.removed());
    String version = body.version();
    String nonce = Long.toHexString(++nonces);
    Response response = body.with(nonce);
    subscription.sent(batch, nonce, version, order.now());
    order.changed();
    java.util.Objects.requireNonNull(answers.get(type)).sent(version);
    if (type == ResourceType.CLUSTERS) {
      batch.added().values().forEach(this::resendEndpoints);
    }
    fleet.metrics().sent(type, content.size(), response.size());
    record(type, batch);
    client.send(response);
    return true;
  }

  private void record(ResourceType type, Batch batch) {
    var event = new SentEvent();
    if (event.isEnabled()) {
      event.node = nodeId.get();
      event.type = type.label();
      event.documents =
          batch.added().values().stream()
              .flatMap(resource -> resource.documents().stream())
              .map(DocumentId::toString)
              .collect(Collectors.joining(","));
      event.begin();
      unanswered.put(type, event);
    }
  }

  /** The client has answered the response of a type that is in flight. */
  void answered(ResourceType type) {
    SentEvent event = unanswered.remove(type);
    if (event != null) {
      event.commit();
    }
  }

  /**
   * An Envoy that gets a cluster anew warms it until its endpoints come again, changed or not
   * (Envoy's xDS protocol, "resource warming").
   */
  private void resendEndpoints(Resource cluster) {
    for (ResourceKey key : cluster.references()) {
      if (key.type() == ResourceType.ENDPOINTS) {
        java.util.Objects.requireNonNull(subscriptions.get(key.type())).resend(key.name());
      }
    }
  }

  private void setAlarm() {
    if (order.wakeAt() < alarmAt) {
      cancelAlarm.run();
      alarmAt = order.wakeAt();
      cancelAlarm = fleet.timer().after(Math.max(0, alarmAt - order.now()), onAlarm);
    }
  }

  /** The alarm has rung. */
  void alarmRang() {
    alarmAt = Long.MAX_VALUE;
    order.changed();
  }

  void cancelAlarm() {
    cancelAlarm.run();
  }
}
