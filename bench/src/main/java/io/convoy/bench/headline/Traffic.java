package io.convoy.bench.headline;

import io.convoy.bench.stage.Gateway;
import io.convoy.cli.FailedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Requests through real gateways at a fixed rate, each with the answer that it must have: a token
 * is taken, a wrong one is not, a limit that is used up stays so. Thread-safe.
 */
final class Traffic implements AutoCloseable {
  private record Request(String what, HttpRequest request, int expected) {}

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final List<Request> requests = new ArrayList<>();
  private final Map<String, Long> wrong = new TreeMap<>();
  private final List<Thread> open = new ArrayList<>();
  private long answers;
  private int next;

  Traffic(Corpus corpus, List<Gateway> gateways) {
    for (Gateway gateway : gateways) {
      for (int i = 0; i < corpus.documents(); i += 7) {
        int service = i / corpus.providers().size();
        var provider = corpus.providers().get(corpus.provider(i));
        var stranger = corpus.providers().get((corpus.provider(i) + 1) % corpus.providers().size());
        String path = gateway.url() + "/s" + service + "/";
        requests.add(of("token", path, provider.token("someone"), 200));
        requests.add(
            of("forged token", path, forged(provider.token("x"), stranger.token("x")), 401));
        if (i % 3 == 0) {
          requests.add(held(corpus, gateway));
        }
      }
    }
  }

  private static Request of(String what, String url, String token, int expected) {
    return new Request(
        what,
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(10))
            .header("authorization", "Bearer " + token)
            .build(),
        expected);
  }

  private static Request held(Corpus corpus, Gateway gateway) {
    String token = corpus.providers().getFirst().token("someone");
    return new Request(
        "limit",
        HttpRequest.newBuilder(URI.create(gateway.url() + "/s0/"))
            .timeout(Duration.ofSeconds(10))
            .header("authorization", "Bearer " + token)
            .header(Corpus.HELD_HEADER, "drained")
            .build(),
        429);
  }

  /** The one's claims with the other's signature. */
  private static String forged(String claims, String signature) {
    return claims.substring(0, claims.lastIndexOf('.'))
        + signature.substring(signature.lastIndexOf('.'));
  }

  /** Waits until everything is answered as it must be, which uses up the limit. */
  void prepare(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    for (Request request : requests) {
      int status = ask(request);
      while (status != request.expected()) {
        if (System.nanoTime() > end) {
          throw new FailedException(
              "%s at %s is answered %d, expected %d"
                  .formatted(request.what(), request.request().uri(), status, request.expected()));
        }
        Thread.sleep(10);
        status = ask(request);
      }
    }
  }

  void start(int perSecond) {
    var _ = clock.scheduleAtFixedRate(this::send, 0, 1_000_000L / perSecond, TimeUnit.MICROSECONDS);
  }

  private synchronized void send() {
    Request request = requests.get(next++ % requests.size());
    open.removeIf(thread -> !thread.isAlive());
    open.add(Thread.ofVirtual().start(() -> count(request, ask(request))));
  }

  private synchronized void count(Request request, int status) {
    answers++;
    if (status != request.expected()) {
      wrong.merge(
          "%s: %d instead of %d".formatted(request.what(), status, request.expected()),
          1L,
          Long::sum);
    }
  }

  /** 0 when there is no answer. */
  private int ask(Request request) {
    try {
      return client.send(request.request(), BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  synchronized long answers() {
    return answers;
  }

  /** How often what was answered wrongly. */
  synchronized Map<String, Long> wrong() {
    return Map.copyOf(wrong);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    List<Thread> last;
    synchronized (this) {
      last = List.copyOf(open);
    }
    last.forEach(com.google.common.util.concurrent.Uninterruptibles::joinUninterruptibly);
    client.close();
  }
}
