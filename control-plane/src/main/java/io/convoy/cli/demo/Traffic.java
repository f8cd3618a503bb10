package io.convoy.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Steady requests through the gateway, every one of them counted. Thread-safe. */
final class Traffic implements AutoCloseable {
  static final int PER_SECOND = 100;

  /** One request; {@code sentMillis} is by the clock on the wall, as other processes see it. */
  private record Sample(long sentMillis, String url, Client.Answer answer, String instance) {}

  private final List<String> urls;
  private final List<Sample> samples = new ArrayList<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("traffic").factory());
  private int next;
  private volatile String token = "";

  private Traffic(List<String> urls) {
    this.urls = urls;
  }

  /** Asks the URLs in turn, until it is closed. */
  static Traffic start(List<String> urls) {
    Traffic traffic = new Traffic(urls);
    var _ =
        traffic.clock.scheduleAtFixedRate(
            traffic::send, 0, 1_000_000 / PER_SECOND, TimeUnit.MICROSECONDS);
    return traffic;
  }

  /** Requests bear this token from now on. */
  void carry(String newToken) {
    token = newToken;
  }

  synchronized int count() {
    return samples.size();
  }

  /** A line for each request that wasn't answered with 200. */
  synchronized List<String> failures() {
    return samples.stream()
        .filter(sample -> !sample.answer().ok())
        .map(s -> s.url() + " -> " + s.answer().status() + " " + s.answer().body().strip())
        .toList();
  }

  /** When the instance got its first request at or after the time given. */
  synchronized OptionalLong first(String instance, long sinceMillis) {
    return samples.stream()
        .filter(s -> s.instance().equals(instance) && s.sentMillis() >= sinceMillis)
        .mapToLong(Sample::sentMillis)
        .min();
  }

  /** When the instance got its last request. */
  synchronized OptionalLong last(String instance) {
    return samples.stream()
        .filter(s -> s.instance().equals(instance))
        .mapToLong(Sample::sentMillis)
        .max();
  }

  @Override
  public void close() {
    clock.shutdown();
    try {
      boolean ended = clock.awaitTermination(5, TimeUnit.SECONDS);
      if (!ended) {
        clock.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send() {
    String url = urls.get(next++ % urls.size());
    Thread.ofVirtual()
        .start(() -> {
          long sent = System.currentTimeMillis();
          Client.Answer answer = ask(url, token);
          add(new Sample(sent, url, answer, answer.instance()));
        });
  }

  private static Client.Answer ask(String url, String bearer) {
    return bearer.isEmpty()
        ? Client.get(url)
        : Client.get(url, "authorization", "Bearer " + bearer);
  }

  private synchronized void add(Sample sample) {
    samples.add(sample);
  }
}
