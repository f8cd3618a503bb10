package io.convoy.e2e;

import io.convoy.fixture.Await;
import io.convoy.fixture.Http;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A steady stream of requests, each of which has to be answered 200. Bounded: it ends with its
 * test, and after 40,000 requests.
 */
final class Traffic implements AutoCloseable {
  private static final int MOST = 40_000;

  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(4);
  private final AtomicInteger answered = new AtomicInteger();
  private final List<String> failures = new CopyOnWriteArrayList<>();

  Traffic(int perSecond, String... urls) {
    this(perSecond, List.of(), List.of(urls));
  }

  /** {@code headers}: of every request, names and values in turn. */
  Traffic(int perSecond, List<String> headers, List<String> urls) {
    for (String url : urls) {
      var _ =
          clock.scheduleAtFixedRate(
              () -> request(url, headers.toArray(String[]::new)),
              0,
              1_000_000L * urls.size() / perSecond,
              TimeUnit.MICROSECONDS);
    }
  }

  private void request(String url, String... headers) {
    if (answered.get() + failures.size() >= MOST) {
      clock.shutdown();
      return;
    }
    try {
      Http.Response response = Http.get(url, headers);
      if (response.status() == 200) {
        answered.incrementAndGet();
      } else {
        failures.add(url + " " + response.status() + " " + response.body());
      }
    } catch (UncheckedIOException e) {
      failures.add(url + " " + e.getCause());
    }
  }

  /** Waits for {@code requests} more answers: some time under load that is measured in requests. */
  void await(int requests) {
    int target = answered.get() + requests;
    Await.until(
        requests + " more answers; failures: " + failures,
        () -> answered.get() >= target || !failures.isEmpty());
  }

  List<String> failures() {
    return failures;
  }

  int answered() {
    return answered.get();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
