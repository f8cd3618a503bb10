package io.convoy.registry.consul;

import io.convoy.registry.consul.Query.Answer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the same question again and again: each time for the state after the one that it knows.
 *
 * <p>Follows Consul's rules for blocking queries (its API documentation, "Blocking Queries"): an
 * index that goes backwards means to start over from 0; a client must limit the rate at which it
 * asks.
 */
final class BlockingQuery<T> implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(BlockingQuery.class);

  /** An answer without news that comes earlier than this did not wait: Consul's least is 1 s. */
  private static final Duration TOO_EARLY = Duration.ofMillis(500);

  /** Takes the answers, on the query's thread. */
  interface Follower<T> {
    /**
     * An answer in full.
     *
     * @param restarted whether nothing may be concluded from indexes: the first answer of all, or
     *     after a failure, or the index went backwards
     * @throws ConsulFault when the answer cannot be believed; then it counts as a failure
     */
    void answered(Answer<T> answer, boolean restarted) throws ConsulFault;

    void failed(ConsulFault fault);

    /** Waits, before the question is asked again, for as long as its answer would be of no use. */
    default void awaitUse() throws InterruptedException {}
  }

  private final ConsulHttp http;
  private final Query<T> query;
  private final Duration waitTime;
  private final Duration gap;
  private final Backoff backoff;
  private final Follower<T> follower;
  private final ConsulMetrics metrics;
  private final Lifetime lifetime;

  private long index;
  private boolean restarted = true;
  private long answeredAt;

  /**
   * @param gap the shortest time between answers while changes keep coming; the first change after
   *     a quiet time is taken at once
   */
  BlockingQuery(
      Query<T> query, Duration gap, Follower<T> follower, ConsulRegistry.Context context) {
    this.query = query;
    this.gap = gap;
    this.follower = follower;
    this.http = context.http();
    this.waitTime = context.settings().waitTime();
    this.backoff = context.newBackoff();
    this.metrics = context.metrics();
    this.lifetime = context.lifetime();
    this.answeredAt = System.nanoTime() - gap.toNanos();
  }

  String name() {
    return query.name();
  }

  @Override
  public void run() {
    while (!lifetime.isOver()) {
      try {
        askOnce();
      } catch (ConsulFault fault) {
        startOver(fault);
      } catch (RuntimeException e) {
        log.error("Query {} failed in Convoy itself", query.name(), e);
        startOver(
            new ConsulFault(
                ConsulFault.Reason.MALFORMED,
                "consul: the answer to /v1/%s could not be used: %s".formatted(query.path(), e)));
      }
    }
  }

  private void askOnce() throws ConsulFault {
    long askedAt = System.nanoTime();
    var event = new AnsweredEvent();
    event.begin();
    Answer<T> answer = http.get(query, index, waitTime);
    if (lifetime.isOver()) {
      return;
    }
    boolean news = index == 0 || answer.index() != index;
    boolean backwards = answer.index() < index;
    if (backwards) {
      metrics.indexReset(query.name());
    }
    follower.answered(answer, restarted || backwards);
    event.query = query.name();
    event.index = answer.index();
    event.commit();
    metrics.answered(query.name(), answer.index());
    restarted = false;
    index = backwards ? 0 : answer.index();
    long now = System.nanoTime();
    if (!news && now - askedAt < TOO_EARLY.toNanos()) {
      lifetime.sleep(backoff.next());
    } else {
      backoff.reset();
      lifetime.sleep(Duration.ofNanos(Math.max(0, gap.toNanos() - (now - answeredAt))));
    }
    answeredAt = now;
    try {
      follower.awaitUse();
    } catch (InterruptedException e) {
      // Only the registry interrupts its threads, and only to end them.
      lifetime.end();
    }
  }

  private void startOver(ConsulFault fault) {
    if (lifetime.isOver()) {
      return;
    }
    index = 0;
    restarted = true;
    follower.failed(fault);
    lifetime.sleep(backoff.next());
  }
}
