package io.convoy.bench.stage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Requests at a fixed rate, whatever becomes of those before, to some URLs in turn. Thread-safe.
 */
public final class Load implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final List<URI> urls;
  private final Map<Integer, Long> answers = new TreeMap<>();
  private int next;

  private Load(List<String> urls) {
    this.urls = urls.stream().map(URI::create).toList();
  }

  public static Load start(int perSecond, List<String> urls) {
    Load load = new Load(urls);
    var _ =
        load.clock.scheduleAtFixedRate(load::send, 0, 1_000_000 / perSecond, TimeUnit.MICROSECONDS);
    return load;
  }

  private void send() {
    URI url = urls.get(next++ % urls.size());
    Thread.ofVirtual().start(() -> count(ask(client, url)));
  }

  /** One request by itself; 0 stands for no answer. */
  public static int ask(String url) {
    try (HttpClient one = HttpClient.newHttpClient()) {
      return ask(one, URI.create(url));
    }
  }

  private static int ask(HttpClient client, URI url) {
    var request = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(5)).build();
    try {
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private synchronized void count(int status) {
    answers.merge(status, 1L, Long::sum);
  }

  /** How many requests were answered with each status; 0 stands for no answer. */
  public synchronized Map<Integer, Long> answers() {
    return Map.copyOf(answers);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    client.close();
  }
}
