package io.convoy.registry.consul;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Sets;
import io.convoy.registry.consul.Query.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The blocking queries that tell when services change, for all services at once.
 *
 * <p>What wakes which (measured on Consul 1.19, docs/decisions/consul-watch.md): the checks in a
 * state, only when one of that state comes, goes or changes, and they name their service; the list
 * of services, when any registration changes, without saying which; the list of nodes, when a
 * node's address or meta does.
 *
 * <p>While there are so few services that one query follows them all, these ask once a wait time.
 */
final class ServiceWatch {
  static final int BLOCKING_QUERIES = 4;

  private static final List<String> FAILING_STATES = List.of("critical", "warning");
  private static final List<String> LISTS = List.of("services", "nodes");

  /** Bounds what a steady stream of changes costs; the first after a quiet time is seen at once. */
  private static final Duration CHECKS_GAP = Duration.ofMillis(10);

  /** Consul goes through all registrations for each answer. */
  private static final Duration LISTS_GAP = Duration.ofMillis(50);

  private final ServiceWork work;
  private final PartStatus status;
  private final Duration waitTime;

  ServiceWatch(ServiceWork work, PartStatus status, Duration waitTime) {
    this.work = work;
    this.status = status;
    this.waitTime = waitTime;
  }

  static ImmutableList<String> queryNames() {
    return ImmutableList.<String>builder().addAll(FAILING_STATES).addAll(LISTS).build();
  }

  List<BlockingQuery<?>> queries(ConsulRegistry.Context context) {
    return List.of(
        checks("critical", context),
        checks("warning", context),
        list("services", context),
        list("nodes", context));
  }

  private BlockingQuery<?> checks(String state, ConsulRegistry.Context context) {
    return new BlockingQuery<>(
        Query.of(state, "health/state/" + state, ConsulCheck::readAll),
        CHECKS_GAP,
        new Checks(state),
        context);
  }

  private BlockingQuery<?> list(String name, ConsulRegistry.Context context) {
    return new BlockingQuery<>(
        Query.of(name, "catalog/" + name, ServiceWatch::drain),
        LISTS_GAP,
        new Listing(name),
        context);
  }

  /** To its end, so that an answer that was cut off is not taken for a whole one. */
  private static Long drain(InputStream body) throws IOException {
    return body.transferTo(OutputStream.nullOutputStream());
  }

  /** A list that only wakes: what it holds does not say what changed. */
  private class Listing implements BlockingQuery.Follower<Long> {
    private final String query;
    private long index;

    Listing(String query) {
      this.query = query;
    }

    @Override
    public void answered(Answer<Long> answer, boolean restarted) {
      boolean changed = restarted || answer.index() != index;
      index = answer.index();
      status.answered(query);
      if (changed) {
        work.everythingMayHaveChanged(answer.index(), restarted);
      }
    }

    @Override
    public void failed(ConsulFault fault) {
      status.await(ServiceReader.QUERY);
      work.startOver();
      status.failed(query, fault.getMessage());
    }

    @Override
    public void awaitUse() throws InterruptedException {
      work.awaitUse(waitTime);
    }
  }

  /** The checks in one failing state: those that come or go name the service. */
  private class Checks implements BlockingQuery.Follower<Set<ConsulCheck>> {
    private final String query;
    private Set<ConsulCheck> known = Set.of();

    Checks(String query) {
      this.query = query;
    }

    @Override
    public void answered(Answer<Set<ConsulCheck>> answer, boolean restarted) {
      Set<ConsulCheck> changed = Set.copyOf(Sets.symmetricDifference(known, answer.body()));
      known = answer.body();
      status.answered(query);
      if (restarted) {
        work.everythingMayHaveChanged(answer.index(), true);
      } else {
        work.checksChanged(answer.index(), changed);
      }
    }

    @Override
    public void failed(ConsulFault fault) {
      status.await(ServiceReader.QUERY);
      work.startOver();
      status.failed(query, fault.getMessage());
    }

    @Override
    public void awaitUse() throws InterruptedException {
      work.awaitUse(waitTime);
    }
  }
}
