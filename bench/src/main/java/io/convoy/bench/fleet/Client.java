package io.convoy.bench.fleet;

import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.InputStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One simulated Envoy on one aggregated stream. As Envoy does, it asks for all clusters; for the
 * endpoints that they name; when it has these, for all listeners; and for what those name. It
 * acknowledges everything but what it is to refuse: then it keeps what it had. Confined to the
 * thread of its connection.
 */
final class Client extends ClientCall.Listener<InputStream> implements Inbox.Sink {
  /** What every gRPC message has before it: a flag and a length. */
  private static final int PREFIX = 5;

  private final Fleet fleet;
  private final int number;
  private volatile ClientCall<byte[], InputStream> call;
  private final Inbox inbox;
  private final Node node;
  private final long[] held;
  private final Map<ResourceType, Asked> asked = new EnumMap<>(ResourceType.class);
  private final BitSet seen = new BitSet();
  private boolean greeted;
  private volatile boolean cut;
  private @Nullable Round finished;
  private int strangers;
  private String error = "";

  /** A type's subscription: what is asked for, what is not asked for yet, the last answer. */
  private static final class Asked {
    final BitSet names = new BitSet();
    final BitSet fresh = new BitSet();
    String version = "";
    String nonce = "";
  }

  Client(int number, Fleet fleet, ClientCall<byte[], InputStream> call, Inbox inbox) {
    this.number = number;
    this.fleet = fleet;
    this.call = call;
    this.inbox = inbox;
    this.node = Requests.node(number);
    this.held = new long[fleet.expectation().size()];
  }

  void start() {
    call.start(this, new Metadata());
    call.request(2);
    ask(ResourceType.CLUSTERS, new BitSet());
  }

  /**
   * Goes on on a new stream, as Envoy does: the incremental variant says what it holds, the state
   * of the world gets everything again.
   */
  private void resume(ClientCall<byte[], InputStream> next) {
    call = next;
    greeted = false;
    next.start(this, new Metadata());
    next.request(2);
    switch (fleet.protocol()) {
      case sotw -> {
        Arrays.fill(held, 0);
        asked.clear();
        ask(ResourceType.CLUSTERS, new BitSet());
      }
      case delta ->
          asked.forEach((type, subscription) -> {
            boolean withNode = !greeted || fleet.nodeAlways();
            Node sender = withNode ? node : Node.getDefaultInstance();
            greeted = true;
            write(fleet.requests().resume(type, subscription.names, held, sender));
          });
    }
  }

  /** Ends the stream; the client comes back when it notices. From any thread. */
  void cut() {
    cut = true;
    call.cancel("the benchmark cuts all streams", null);
  }

  void end() {
    call.cancel("the benchmark is over", null);
  }

  /** What it holds that is not as expected, as a sentence; empty when all is. */
  String difference() {
    Expectation expectation = fleet.expectation();
    int wrong = 0;
    String example = "";
    for (int number = 0; number < held.length; number++) {
      if (held[number] != expectation.fingerprint(number)) {
        wrong++;
        example = expectation.key(number) + (held[number] == 0 ? " is missing" : " is another");
      }
    }
    if (wrong == 0 && strangers == 0) {
      return "";
    }
    return "%s: %d of %d resources differ (%s), %d unknown names"
        .formatted(node.getId(), wrong, held.length, example, strangers);
  }

  @Override
  public void onMessage(InputStream message) {
    int length = inbox.open(message);
    fleet.received(PREFIX + length);
    call.request(1);
    ResourceType type = inbox.type();
    if (type == null) {
      return;
    }
    seen.clear();
    error = "";
    inbox.read(fleet.protocol(), this);
    if (fleet.protocol() == Protocol.sotw && type.wildcard()) {
      dropUnseen(type);
    }
    Asked subscription = asked(type);
    if (error.isEmpty()) {
      subscription.version = inbox.version();
    } else {
      fleet.refused();
    }
    subscription.nonce = inbox.nonce();
    acknowledge(type, subscription);
    askForNames();
    askForListeners();
    finishRound();
  }

  @Override
  public void has(int number, long fingerprint) {
    if (number < 0) {
      strangers++;
      return;
    }
    seen.set(number);
    if (fleet.refuses(this.number, fingerprint)) {
      error = fleet.expectation().key(number).name() + " is refused by the simulator";
      return;
    }
    held[number] = fingerprint;
    for (int named : fleet.expectation().named(number)) {
      Asked subscription = asked(fleet.expectation().key(named).type());
      if (!subscription.names.get(named)) {
        subscription.names.set(named);
        subscription.fresh.set(named);
      }
    }
  }

  @Override
  public void removed(int number) {
    if (number >= 0) {
      held[number] = 0;
    }
  }

  private void dropUnseen(ResourceType type) {
    for (int number = seen.nextClearBit(0); number < held.length; number++) {
      if (!seen.get(number) && fleet.expectation().key(number).type() == type) {
        held[number] = 0;
      }
    }
  }

  private void acknowledge(ResourceType type, Asked subscription) {
    send(
        type,
        fleet.protocol() == Protocol.sotw ? subscription.names : new BitSet(),
        subscription.version,
        subscription.nonce,
        error);
  }

  private void askForNames() {
    for (Map.Entry<ResourceType, Asked> entry : asked.entrySet()) {
      if (!entry.getValue().fresh.isEmpty()) {
        ask(entry.getKey(), entry.getValue().fresh);
        entry.getValue().fresh.clear();
      }
    }
  }

  private void ask(ResourceType type, BitSet fresh) {
    Asked subscription = asked(type);
    switch (fleet.protocol()) {
      // An acknowledgment is a message of its own: a nonce here would be a second one.
      case delta -> send(type, fresh, "", "", "");
      case sotw -> send(type, subscription.names, subscription.version, subscription.nonce, "");
    }
  }

  private void askForListeners() {
    if (!asked.containsKey(ResourceType.LISTENERS) && warm(asked(ResourceType.ENDPOINTS).names)) {
      ask(ResourceType.LISTENERS, new BitSet());
    }
  }

  private boolean warm(BitSet endpoints) {
    return endpoints.stream().allMatch(number -> held[number] != 0);
  }

  private Asked asked(ResourceType type) {
    return asked.computeIfAbsent(type, key -> new Asked());
  }

  private void send(ResourceType type, BitSet names, String version, String nonce, String refusal) {
    write(fleet.requests().request(type, names, version, nonce, refusal, sender()));
  }

  private Node sender() {
    boolean withNode = !greeted || fleet.nodeAlways();
    greeted = true;
    return withNode ? node : Node.getDefaultInstance();
  }

  private void write(byte[] request) {
    fleet.sent(PREFIX + request.length);
    call.sendMessage(request);
  }

  private void finishRound() {
    Round round = fleet.round();
    if (round != null && round != finished && round.satisfiedBy(held, fleet.expectation())) {
      finished = round;
      round.finished();
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (cut) {
      cut = false;
      resume(fleet.call(number));
    } else {
      fleet.ended(node.getId(), status);
    }
  }
}
