package io.convoy.registry.consul;

import com.google.common.collect.ImmutableSet;
import com.google.common.net.UrlEscapers;
import io.convoy.catalog.Leaf;
import io.convoy.registry.RegistryListener;
import io.convoy.registry.consul.ConsulFault.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of services, from the agent. Asked for when they are wanted, when another root
 * signs, and from half of their life on until there is another, a few at a time: a blocking query
 * for each would take as many connections as there are services, and an agent grants 200. Asked
 * without an index, Consul 1.19 answers with a new certificate when another root signs, or when
 * nine tenths of the life of the one that it has are over.
 *
 * <p>A certificate that was read stands until there is another, whatever happens meanwhile.
 */
final class LeafReader implements Runnable {
  static final int CONNECTIONS = 1;

  private static final Logger log = LoggerFactory.getLogger(LeafReader.class);
  private static final int PARALLEL = 4;

  /** What is fetched in one go: what is wanted meanwhile waits no longer than that. */
  private static final int BATCH = 64;

  /** How long new roots have to reach every Envoy before anybody shows a certificate of theirs. */
  private static final Duration ROOTS_FIRST = Duration.ofSeconds(1);

  /** Consul signs 50 certificates a second by default; others ask too. */
  private static final Duration EACH = Duration.ofMillis(40);

  private final ConsulHttp http;
  private final Lifetime lifetime;
  private final RandomGenerator random;
  private final RegistryListener listener;
  private final LeafMetrics metrics;
  private final ConsulRegistry.Context context;
  private final InstantSource clock;
  private final int parallel;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Wanted> wanted = new TreeMap<>();
  private final Set<Reason> told = EnumSet.noneOf(Reason.class);
  private @Nullable Roots roots;

  /** A service that needs a certificate. Guarded by the lock. */
  private static final class Wanted {
    final String service;
    final Backoff backoff;
    Instant due;
    boolean failing;
    @Nullable Leaf leaf;

    Wanted(String service, Backoff backoff, Instant due) {
      this.service = service;
      this.backoff = backoff;
      this.due = due;
    }
  }

  LeafReader(ConsulRegistry.Context context, RegistryListener listener, InstantSource clock) {
    this.http = context.http();
    this.lifetime = context.lifetime();
    this.random = context.random();
    this.context = context;
    this.metrics = context.metrics().leaves();
    this.listener = listener;
    this.clock = clock;
    int spare = context.settings().maxConnections() - ConsulSettings.MIN_CONNECTIONS + CONNECTIONS;
    this.parallel = Math.min(PARALLEL, spare);
  }

  /** Takes the place of what was wanted before. */
  void certify(ImmutableSet<String> services) {
    lock.lock();
    try {
      wanted.keySet().stream().filter(name -> !services.contains(name)).forEach(metrics::forget);
      wanted.keySet().retainAll(services);
      services.forEach(name ->
          wanted.computeIfAbsent(
              name, key -> new Wanted(key, context.newBackoff(), clock.instant())));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void rootsRead(Roots read) {
    lock.lock();
    try {
      Roots before = roots;
      roots = read;
      if (before != null && !before.signingKey().equals(read.signingKey())) {
        metrics.rootRotated();
        log.info("Another root signs for services in Consul: {}", read.active());
        Duration spread = EACH.multipliedBy(wanted.size()).plus(ROOTS_FIRST);
        Instant now = clock.instant();
        for (Wanted each : wanted.values()) {
          if (each.leaf != null) {
            each.due = earlier(each.due, now.plus(ROOTS_FIRST).plus(share(spread)));
          }
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    var threads = Thread.ofVirtual().name("convoy-consul-leaf-", 0).factory();
    try (ExecutorService readers = Executors.newFixedThreadPool(parallel, threads)) {
      while (!lifetime.isOver()) {
        List<Callable<Boolean>> tasks = new ArrayList<>();
        due().forEach(each -> tasks.add(() -> read(each)));
        var _ = readers.invokeAll(tasks);
      }
    } catch (InterruptedException e) {
      // Only the registry interrupts its threads, and only to end them.
      lifetime.end();
    }
  }

  /** Waits for some that are to be fetched now. */
  private List<Wanted> due() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        Instant now = clock.instant();
        List<Wanted> due =
            wanted.values().stream()
                .filter(each -> roots != null && !each.due.isAfter(now))
                .sorted(Comparator.comparing(each -> each.due))
                .limit(BATCH)
                .toList();
        if (!due.isEmpty()) {
          return due;
        }
        long wait =
            wanted.values().stream()
                .mapToLong(each -> Duration.between(now, each.due).toMillis())
                .min()
                .orElse(Long.MAX_VALUE);
        if (roots == null || wait == Long.MAX_VALUE) {
          changed.await();
        } else {
          var _ = changed.await(Math.max(1, wait), TimeUnit.MILLISECONDS);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean read(Wanted each) {
    try {
      read(each, http.get(query(each.service)).body());
      return true;
    } catch (ConsulFault fault) {
      failed(each, fault);
    } catch (RuntimeException e) {
      log.error("The certificate of {} could not be used", each.service, e);
      failed(each, new ConsulFault(Reason.MALFORMED, "consul: " + e));
    }
    return false;
  }

  private static Query<LeafAnswer> query(String service) {
    return Query.of(
        "connect-leaf",
        "agent/connect/ca/leaf/" + UrlEscapers.urlPathSegmentEscaper().escape(service),
        LeafAnswer::read);
  }

  private void read(Wanted each, LeafAnswer answer) {
    boolean differs;
    lock.lock();
    try {
      if (wanted.get(each.service) != each) {
        return;
      }
      Leaf before = each.leaf;
      differs = !answer.leaf().equals(before);
      each.leaf = answer.leaf();
      Instant now = clock.instant();
      if (roots != null && !answer.signedBy(roots)) {
        each.due = now.plus(each.backoff.next());
      } else {
        each.backoff.reset();
        each.due = next(answer.leaf(), now);
      }
      each.failing = false;
      if (wanted.values().stream().noneMatch(one -> one.failing)) {
        told.clear();
      }
      metrics.read(each.service, answer.leaf(), before != null && differs);
    } finally {
      lock.unlock();
    }
    if (differs) {
      listener.leafRead(answer.leaf());
    }
  }

  /** Around half of its life; where that has passed, again and again until there is another. */
  private Instant next(Leaf leaf, Instant now) {
    Duration life = Duration.between(leaf.notBefore(), leaf.notAfter());
    Instant half =
        leaf.notBefore().plus(life.dividedBy(20).multipliedBy(9)).plus(share(life.dividedBy(10)));
    if (half.isAfter(now)) {
      return half;
    }
    // Most come in the last tenth.
    boolean late = leaf.notBefore().plus(life.dividedBy(20).multipliedBy(17)).isBefore(now);
    Duration pause = life.dividedBy(late ? 100 : 20);
    return now.plus(pause).plus(share(pause));
  }

  private Duration share(Duration most) {
    return Duration.ofMillis(random.nextLong(Math.max(1, most.toMillis())));
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private void failed(Wanted each, ConsulFault fault) {
    if (lifetime.isOver()) {
      return;
    }
    String reason = words(each.service, fault);
    lock.lock();
    try {
      Duration spread = EACH.multipliedBy(wanted.size());
      each.due = clock.instant().plus(each.backoff.next()).plus(share(spread));
      each.failing = true;
      metrics.failed(fault.reason());
      if (told.add(fault.reason())) {
        log.warn("{}", reason);
      }
    } finally {
      lock.unlock();
    }
    listener.leafMissing(each.service, reason);
  }

  private static String words(String service, ConsulFault fault) {
    return switch (fault.reason()) {
      case FORBIDDEN ->
          "no certificate for service \"%s\": Convoy's token may not have it: it needs service \"%s\" { policy = \"write\" }"
              .formatted(service, service);
      case UNREACHABLE,
          TLS,
          TIMEOUT,
          TOO_MANY_REQUESTS,
          NO_LEADER,
          SERVER_ERROR,
          NOT_CONSUL,
          NOT_SUPPORTED,
          TRUNCATED,
          MALFORMED,
          CONFIGURATION ->
          "no certificate for service \"%s\": %s".formatted(service, fault.getMessage());
    };
  }
}
