package io.convoy.bench.stage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Asks a URL every millisecond, one request after the other. Thread-safe. */
public final class Prober implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(1);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final HttpRequest request;
  private final LongAdder answers = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final Thread thread = Thread.ofPlatform().name("prober").unstarted(this::run);
  private volatile boolean ended;

  private Prober(String url) {
    this.request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
  }

  public static Prober start(String url) {
    Prober prober = new Prober(url);
    prober.thread.start();
    return prober;
  }

  private void run() {
    while (!ended) {
      try {
        int status = client.send(request, BodyHandlers.discarding()).statusCode();
        (status == 200 ? answers : failures).increment();
        Thread.sleep(PAUSE);
      } catch (IOException e) {
        failures.increment();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Requests that were answered 200. */
  public long answers() {
    return answers.sum();
  }

  /** Requests that were answered otherwise or not at all. */
  public long failures() {
    return failures.sum();
  }

  @Override
  public void close() {
    ended = true;
    thread.interrupt();
    client.shutdownNow();
  }
}
