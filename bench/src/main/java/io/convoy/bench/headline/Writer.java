package io.convoy.bench.headline;

import com.google.common.util.concurrent.Uninterruptibles;
import io.convoy.cli.local.ConsulApi;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * Writes documents to Consul's KV, up to 64 in a transaction, at a rate: some threads, each with
 * documents of its own, so that a document's writes come one after the other. Thread-safe.
 */
final class Writer implements AutoCloseable {
  private static final int OPERATIONS = 64;
  private static final int THREADS = 4;
  private static final Duration RARELY = Duration.ofMillis(250);

  private final ConsulApi consul;
  private final Corpus corpus;
  private final Staleness staleness;
  private final int[] writes;
  private final LongAdder accepted = new LongAdder();
  private final List<Timeline.Write> rare = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean ended;
  private volatile Throwable failure = new IllegalStateException("none");
  private volatile boolean failed;

  Writer(ConsulApi consul, Corpus corpus, Staleness staleness) {
    this.consul = consul;
    this.corpus = corpus;
    this.staleness = staleness;
    this.writes = new int[corpus.documents()];
  }

  /** The first content of everything. */
  void begin() {
    for (var provider : corpus.providers()) {
      consul.putKey("convoy/jwt-provider/" + provider.name(), provider.document());
    }
    for (int service = 0; service < corpus.services(); service++) {
      consul.putKey("convoy/security-policy/s" + service, corpus.tokens(service));
    }
    consul.putKey("convoy/backend-traffic-policy/" + Corpus.HELD, corpus.held());
    List<Integer> all = IntStream.range(0, corpus.documents()).boxed().toList();
    for (int from = 0; from < all.size(); from += OPERATIONS) {
      write(all.subList(from, Math.min(all.size(), from + OPERATIONS)));
    }
  }

  /** Begins to change documents, {@code perSecond} of those that change often. */
  void start(int perSecond) {
    for (int i = 0; i < THREADS; i++) {
      int own = i;
      List<Integer> documents =
          IntStream.range(0, corpus.documents())
              .filter(d -> !corpus.isRare(d) && d % THREADS == own)
              .boxed()
              .toList();
      run("writer-" + i, () -> churn(documents, (double) perSecond / THREADS));
    }
    run("rare-writer", this::rarely);
  }

  private void run(String name, Runnable work) {
    threads.add(
        Thread.ofPlatform()
            .name(name)
            .start(() -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                failure = e;
                failed = true;
              }
            }));
  }

  private void churn(List<Integer> documents, double perSecond) {
    int together = Math.clamp((int) (perSecond / 20), 1, Math.min(OPERATIONS, documents.size()));
    long start = System.nanoTime();
    long written = 0;
    int next = 0;
    while (!ended) {
      List<Integer> batch = new ArrayList<>(together);
      for (int i = 0; i < together; i++) {
        batch.add(documents.get(next++ % documents.size()));
      }
      write(batch);
      written += together;
      long due = start + (long) (written / perSecond * 1e9);
      sleep(Duration.ofNanos(due - System.nanoTime()));
    }
  }

  private void rarely() {
    List<Integer> documents =
        IntStream.range(0, corpus.documents()).filter(corpus::isRare).boxed().toList();
    for (int next = 0; !ended; next++) {
      int document = documents.get(next % documents.size());
      write(List.of(document));
      rare.add(new Timeline.Write(corpus.key(document), Instant.now()));
      sleep(RARELY);
    }
  }

  private static void sleep(Duration time) {
    if (time.isPositive()) {
      Uninterruptibles.sleepUninterruptibly(time);
    }
  }

  private void write(List<Integer> documents) {
    var body = new StringBuilder("[");
    for (int document : documents) {
      String text = corpus.text(document, ++writes[document]);
      body.append(body.length() == 1 ? "" : ",")
          .append("{\"KV\":{\"Verb\":\"set\",\"Key\":\"convoy/")
          .append(corpus.key(document))
          .append("\",\"Value\":\"")
          .append(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)))
          .append("\"}}");
    }
    consul.put("/v1/txn", body.append(']').toString());
    long now = System.nanoTime();
    documents.forEach(document -> staleness.accepted(document, writes[document], now));
    accepted.add(documents.size());
  }

  /** The writes of documents that change rarely. */
  List<Timeline.Write> rare() {
    return List.copyOf(rare);
  }

  /** Changes that Consul took. */
  long accepted() {
    return accepted.sum();
  }

  /** Stops; what was begun is written. Throws what a writer failed with. */
  @Override
  public void close() {
    ended = true;
    threads.forEach(Uninterruptibles::joinUninterruptibly);
    threads.clear();
    if (failed) {
      throw new IllegalStateException("a writer failed", failure);
    }
  }
}
