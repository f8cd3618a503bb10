package io.convoy.bench.fleet;

import com.google.common.collect.ImmutableList;
import io.convoy.translation.Resource;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Simulated Envoys on aggregated streams, many of them on each connection. They hold fingerprints
 * of what they are told, so that a message costs little here and what is measured is the server.
 *
 * <p>One thread drives it: it opens rounds, changes the {@link Expectation} between them, and asks
 * for differences when no round is open.
 */
public final class Fleet implements AutoCloseable {
  private static final String ADS = "envoy.service.discovery.v3.AggregatedDiscoveryService/";
  // Envoys have a connection each; here no stream is to wait for the window of another.
  private static final int WINDOW = 64 * 1024 * 1024;

  /**
   * Whom to connect to, and how.
   *
   * @param nodeAlways whether every request names the node, or only a stream's first
   */
  public record Settings(
      int port, Protocol protocol, int streams, int connections, boolean nodeAlways) {}

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("requests are only written");
    }
  }

  /** Hands the message on as it comes; it is read within the listener's call. */
  private static final class Raw implements MethodDescriptor.Marshaller<InputStream> {
    @Override
    public InputStream stream(InputStream value) {
      return value;
    }

    @Override
    public InputStream parse(InputStream stream) {
      return stream;
    }
  }

  private final Settings settings;
  private final Expectation expectation;
  private final Requests requests;
  private final MethodDescriptor<byte[], InputStream> method;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final LongAdder responses = new LongAdder();
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final Set<Long> refusedContents = ConcurrentHashMap.newKeySet();
  private volatile int refusing;
  private volatile @Nullable Round round;
  private volatile Optional<String> ended = Optional.empty();
  private volatile boolean closing;

  private Fleet(Settings settings, Expectation expectation) {
    this.settings = settings;
    this.expectation = expectation;
    this.method = method(settings.protocol());
    this.requests = new Requests(expectation, settings.protocol());
  }

  /** Clients that are not connected yet: {@link #connect} does. */
  public static Fleet of(Settings settings, Expectation expectation) {
    Fleet fleet = new Fleet(settings, expectation);
    fleet.createClients();
    return fleet;
  }

  private void createClients() {
    List<Inbox> inboxes = new ArrayList<>();
    for (int i = 0; i < settings.connections(); i++) {
      channels.add(
          NettyChannelBuilder.forAddress("127.0.0.1", settings.port())
              .usePlaintext()
              .directExecutor()
              .initialFlowControlWindow(WINDOW)
              .maxInboundMessageSize(Integer.MAX_VALUE)
              .build());
      inboxes.add(new Inbox(expectation));
    }
    for (int i = 0; i < settings.streams(); i++) {
      int connection = i % settings.connections();
      clients.add(new Client(i, this, call(i), inboxes.get(connection)));
    }
  }

  /** Another stream for the client of that number. */
  ClientCall<byte[], InputStream> call(int client) {
    return channels.get(client % channels.size()).newCall(method, CallOptions.DEFAULT);
  }

  private static MethodDescriptor<byte[], InputStream> method(Protocol protocol) {
    return MethodDescriptor.<byte[], InputStream>newBuilder()
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(
            ADS
                + switch (protocol) {
                  case delta -> "DeltaAggregatedResources";
                  case sotw -> "StreamAggregatedResources";
                })
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Raw())
        .build();
  }

  /** Opens all streams; the round is over when every client holds everything. */
  public Round connect() {
    Round all = open(IntStream.range(0, expectation.size()).toArray());
    clients.forEach(Client::start);
    return all;
  }

  /**
   * Cuts all streams at once; each comes back when it notices. In the incremental variant a server
   * need not answer one that holds everything: the round is over when all have the resources of
   * these numbers, which must be new to them. In the state of the world it is over when all hold
   * everything.
   */
  public Round cut(int... numbers) {
    Round all =
        switch (settings.protocol()) {
          case delta -> open(numbers);
          case sotw -> open(IntStream.range(0, expectation.size()).toArray());
        };
    clients.forEach(Client::cut);
    return all;
  }

  /** Opens a round for the resources of these numbers, in the contents that are expected now. */
  public Round open(int... numbers) {
    Round opened = new Round(Arrays.copyOf(numbers, numbers.length), clients.size());
    round = opened;
    return opened;
  }

  /** The first {@code clients} of all will refuse this content, whenever they are sent it. */
  public void refuse(int clients, Resource content) {
    refusing = clients;
    refusedContents.add(Expectation.fingerprint(content));
  }

  /** Responses that were refused so far. */
  public long refusals() {
    return refused.sum();
  }

  /** The first stream that ended by itself, and why. */
  public Optional<String> ended() {
    return ended;
  }

  /** A sentence for each client that does not hold exactly what is expected. */
  public ImmutableList<String> differences() {
    return clients.stream()
        .map(Client::difference)
        .filter(difference -> !difference.isEmpty())
        .collect(ImmutableList.toImmutableList());
  }

  /** Responses so far, by all clients. */
  public long responses() {
    return responses.sum();
  }

  /** Bytes of all responses, each with gRPC's prefix of 5; without HTTP/2's frames of 9. */
  public long bytesReceived() {
    return bytesReceived.sum();
  }

  /** Bytes of all requests, counted like {@link #bytesReceived}. */
  public long bytesSent() {
    return bytesSent.sum();
  }

  @Override
  public void close() {
    closing = true;
    clients.forEach(Client::end);
    channels.forEach(ManagedChannel::shutdownNow);
    for (ManagedChannel channel : channels) {
      try {
        var _ = channel.awaitTermination(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  Expectation expectation() {
    return expectation;
  }

  Requests requests() {
    return requests;
  }

  Protocol protocol() {
    return settings.protocol();
  }

  boolean nodeAlways() {
    return settings.nodeAlways();
  }

  @Nullable Round round() {
    return round;
  }

  void received(int bytes) {
    responses.increment();
    bytesReceived.add(bytes);
  }

  boolean refuses(int client, long fingerprint) {
    return client < refusing && refusedContents.contains(fingerprint);
  }

  void refused() {
    refused.increment();
  }

  void sent(int bytes) {
    bytesSent.add(bytes);
  }

  synchronized void ended(String client, Status status) {
    if (!closing && ended.isEmpty()) {
      ended = Optional.of("the stream of " + client + " ended: " + status);
      Round open = round;
      if (open != null) {
        open.fail();
      }
    }
  }
}
