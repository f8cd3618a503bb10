package io.convoy.bench.headline;

import static com.google.common.collect.ImmutableList.toImmutableList;
import static java.util.Objects.requireNonNullElse;

import com.google.common.collect.ImmutableList;
import io.convoy.bench.dataplane.EnvoyUnderLoad;
import io.convoy.bench.fleet.Protocol;
import io.convoy.bench.measure.Progress;
import io.convoy.bench.measure.Report;
import io.convoy.bench.stage.ControlPlane;
import io.convoy.bench.stage.ConvoyProcess;
import io.convoy.bench.stage.Gateway;
import io.convoy.bench.stage.Stage;
import io.convoy.cli.FailedException;
import io.convoy.cli.local.ConsulProcess;
import io.convoy.cli.local.FreePorts;
import io.convoy.cli.local.Wait;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One run of the headline. */
public final class Headline {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final int CUT_EVERY_SECONDS = 5;

  /**
   * How much.
   *
   * @param envoys real ones, at most 2
   * @param rate changes a second
   * @param requests a second, over both gateways
   * @param warmUp changes before the time that counts
   * @param interval Convoy's {@code --policy-min-apply-interval}
   * @param protocol of all simulated Envoys; null for half of them in each
   */
  public record Size(
      int services,
      int providers,
      int streams,
      int envoys,
      int rate,
      int requests,
      Duration warmUp,
      Duration time,
      String interval,
      @Nullable Protocol protocol) {

    /** The same, with another time that counts. */
    public Size lasting(Duration other) {
      return new Size(
          services, providers, streams, envoys, rate, requests, warmUp, other, interval, protocol);
    }
  }

  private final Size size;
  private final Progress progress;
  private final Corpus corpus;
  private final Staleness staleness;
  private final List<Follower> followers = new ArrayList<>();
  private final List<Gateway> gateways = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private Instant measuredFrom = Instant.MAX;

  public Headline(Size size, Progress progress) {
    this.size = size;
    this.progress = progress;
    this.corpus = Corpus.of(size.services(), size.providers());
    this.staleness = new Staleness(corpus);
  }

  /**
   * Runs Convoy and prints, with where the time of single writes goes; returns a sentence for each
   * thing that must hold and did not.
   */
  public ImmutableList<String> run() throws InterruptedException {
    try (Stage stage = new Stage()) {
      ConsulProcess consul = consul(stage);
      try (Writer writer = new Writer(consul.api(), corpus, staleness)) {
        writer.begin();
        ConvoyProcess convoy =
            stage.recordedConvoy(consul, List.of("--policy-min-apply-interval", size.interval()));
        run(stage, convoy, consul, writer, Figures::print);
        convoy.close();
        Figures.print(new Timeline(convoy.recording(), measuredWrites(writer)));
      }
    }
    return ImmutableList.copyOf(broken);
  }

  /** Runs one of several that are compared, and adds its figures; returns as {@link #run()}. */
  public ImmutableList<String> run(Subject subject, Report report) throws InterruptedException {
    try (Stage stage = new Stage()) {
      ConsulProcess consul = consul(stage);
      try (Writer writer = new Writer(consul.api(), corpus, staleness)) {
        writer.begin();
        ControlPlane server = subject.start(stage, consul, size.interval());
        run(stage, server, consul, writer, figures -> figures.add(report, subject.toString()));
      }
    }
    return broken.stream().map(words -> subject + ": " + words).collect(toImmutableList());
  }

  private ConsulProcess consul(Stage stage) {
    int backend = EnvoyUnderLoad.backend(stage);
    ConsulProcess consul = stage.consul();
    IntStream.range(0, size.services()).forEach(i -> register(consul, "s" + i, backend));
    return consul;
  }

  private void run(
      Stage stage,
      ControlPlane server,
      ConsulProcess consul,
      Writer writer,
      Consumer<Figures> result)
      throws InterruptedException {
    for (int i = 0; i < size.envoys(); i++) {
      gateways.add(stage.gateway(server.xdsPort(), FreePorts.next(), i == 0, false));
    }
    List<ManagedChannel> channels = connect(server.xdsPort());
    try (Traffic traffic = new Traffic(corpus, gateways)) {
      traffic.prepare(START_LIMIT);
      awaitLast("at the start", START_LIMIT);
      progress.line("%d documents are everywhere", corpus.documents());
      measure(server, Stage.pid(consul.child()), writer, traffic, result);
    } finally {
      channels.forEach(ManagedChannel::shutdownNow);
    }
  }

  private static void register(ConsulProcess consul, String name, int port) {
    consul
        .api()
        .register(
            """
            {"Name": "%1$s", "ID": "%1$s", "Address": "127.0.0.1", "Port": %2$d,
             "Meta": {"convoy-path": "/%1$s/"}}
            """
                .formatted(name, port));
  }

  private List<ManagedChannel> connect(int port) {
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < Math.clamp(size.streams() / 5, 1, 20); i++) {
      channels.add(
          NettyChannelBuilder.forAddress("127.0.0.1", port)
              .usePlaintext()
              .directExecutor()
              .build());
    }
    for (int i = 0; i < size.streams(); i++) {
      Protocol protocol =
          requireNonNullElse(size.protocol(), i % 2 == 0 ? Protocol.delta : Protocol.sotw);
      var channel = channels.get(i % channels.size());
      followers.add(new Follower(channel, protocol, i, corpus, staleness));
    }
    followers.forEach(Follower::connect);
    return channels;
  }

  private void measure(
      ControlPlane server, long consul, Writer writer, Traffic traffic, Consumer<Figures> result)
      throws InterruptedException {
    if (size.envoys() > 0) {
      traffic.start(size.requests());
    }
    writer.start(size.rate());
    Thread.sleep(size.warmUp());
    var figures =
        new Figures(server, consul, gateways, followers, writer, staleness, traffic, progress);
    staleness.measure();
    measuredFrom = Instant.now();
    for (int second = 1; second <= size.time().toSeconds(); second++) {
      Thread.sleep(Duration.ofSeconds(1));
      if (second % CUT_EVERY_SECONDS == 0) {
        cutSome();
      }
      figures.live();
    }
    result.accept(figures);
    writer.close();
    awaitLast("in the end", END_LIMIT);
    check(server, traffic);
  }

  /** Those whose way to the Envoys is in the time that counts. */
  private List<Timeline.Write> measuredWrites(Writer writer) {
    return writer.rare().stream().filter(write -> write.at().isAfter(measuredFrom)).toList();
  }

  private void cutSome() {
    for (int i = 0; i < followers.size(); i += 10) {
      followers.get(i).cut();
      followers.get(i).connect();
    }
    // Of both protocols, and none that was cut.
    for (int i = 1; i < followers.size(); i += 5) {
      if (i % 10 != 0) {
        followers.get(i).leaveSome();
      }
    }
  }

  private void check(ControlPlane server, Traffic traffic) {
    traffic.wrong().forEach((what, count) -> broken.add("%d requests: %s".formatted(count, what)));
    long refused = server.refused();
    if (refused > 0) {
      broken.add("%d responses were refused".formatted(refused));
    }
    followers.stream()
        .map(Follower::ended)
        .filter(words -> !words.isEmpty())
        .findFirst()
        .ifPresent(words -> broken.add("a stream ended by itself: " + words));
  }

  /** Waits until every Envoy holds the last write of every document. */
  private void awaitLast(String when, Duration limit) {
    if (!Wait.until(limit, () -> behind().isEmpty())) {
      String example = behind().stream().findFirst().orElse("it came too late");
      if (when.equals("at the start")) {
        throw new FailedException("not everything arrives: " + example);
      }
      broken.add("%s: %s (%d such)".formatted(when, example, behind().size()));
    }
  }

  private List<String> behind() {
    List<String> behind = new ArrayList<>();
    for (int i = 0; i < followers.size(); i++) {
      compare("simulated Envoy " + i, followers.get(i).writes(), behind);
    }
    if (behind.isEmpty()) {
      for (int i = 0; i < gateways.size(); i++) {
        compare("Envoy " + i, writes(gateways.get(i)), behind);
      }
    }
    return behind;
  }

  private int[] writes(Gateway gateway) {
    int[] writes = new int[corpus.documents()];
    Map<Integer, Integer> found = new java.util.HashMap<>();
    Corpus.marks(gateway.configuration())
        .forEach(mark -> found.merge(mark.document(), mark.write(), Math::min));
    found.forEach((document, write) -> writes[document] = write);
    return writes;
  }

  private void compare(String who, int[] writes, List<String> behind) {
    for (int document = 0; document < writes.length; document++) {
      if (writes[document] != staleness.last(document)) {
        behind.add(
            "%s holds write %d of %s, the last was %d"
                .formatted(who, writes[document], corpus.key(document), staleness.last(document)));
      }
    }
  }
}
