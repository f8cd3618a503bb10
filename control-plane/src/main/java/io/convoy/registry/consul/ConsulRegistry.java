package io.convoy.registry.consul;

import com.google.common.collect.ImmutableSet;
import io.convoy.registry.Registry;
import io.convoy.registry.RegistryListener;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Services and documents from a Consul agent.
 *
 * <p>Whatever goes wrong is tried again for ever, with growing pauses; what was reported before
 * stands until an answer says otherwise. One virtual thread for each blocking query, one that reads
 * services.
 */
public final class ConsulRegistry implements Registry {
  /** Services and their instances. */
  public static final String SERVICES = "consul services";

  /** Documents in KV. */
  public static final String DOCUMENTS = "consul kv";

  /** Consul's own config entries. */
  public static final String CONFIG_ENTRIES = "consul config entries";

  /** Consul's own certificate authority. */
  public static final String AUTHORITY = "consul certificate authority";

  /** An agent's policy changes when it starts again. */
  private static final Duration POLICY_INTERVAL = Duration.ofSeconds(10);

  private static final Duration BACKOFF_BASE = Duration.ofMillis(100);
  private static final Duration BACKOFF_CAP = Duration.ofSeconds(10);

  private final Context context;
  private final boolean mutualTls;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable LeafReader> leaves = new AtomicReference<>();

  /** What all queries share. */
  record Context(
      ConsulSettings settings,
      ConsulHttp http,
      ConsulMetrics metrics,
      Lifetime lifetime,
      RandomGenerator random) {

    Backoff newBackoff() {
      return new Backoff(BACKOFF_BASE, BACKOFF_CAP, random);
    }
  }

  /**
   * One that has no certificates.
   *
   * @throws IllegalArgumentException when a file for TLS cannot be used; the message says why
   */
  public ConsulRegistry(ConsulSettings settings, MeterRegistry meters) {
    this(settings, meters, false);
  }

  /**
   * @param mutualTls whether it is to have certificates of services
   * @throws IllegalArgumentException when a file for TLS cannot be used; the message says why
   */
  public ConsulRegistry(ConsulSettings settings, MeterRegistry meters, boolean mutualTls) {
    this(settings, meters, new Random(), mutualTls);
  }

  ConsulRegistry(ConsulSettings settings, MeterRegistry meters, RandomGenerator random) {
    this(settings, meters, random, false);
  }

  private ConsulRegistry(
      ConsulSettings settings, MeterRegistry meters, RandomGenerator random, boolean mutualTls) {
    this.mutualTls = mutualTls;
    ConsulMetrics metrics = new ConsulMetrics(meters);
    try {
      ConsulHttp http = new ConsulHttp(settings, metrics);
      this.context = new Context(settings, http, metrics, new Lifetime(), random);
    } catch (ConsulFault fault) {
      throw new IllegalArgumentException(fault.getMessage());
    }
  }

  @Override
  public ImmutableSet<String> parts() {
    return mutualTls
        ? ImmutableSet.of(SERVICES, DOCUMENTS, CONFIG_ENTRIES, AUTHORITY)
        : ImmutableSet.of(SERVICES, DOCUMENTS, CONFIG_ENTRIES);
  }

  @Override
  public void start(RegistryListener listener) {
    startServices(listener);
    var kv = new PartStatus(DOCUMENTS, List.of(KvWatch.QUERY), listener);
    start(new KvWatch(context, kv, listener).query(context));
    var kinds = ConfigEntryWatch.KINDS.stream().map(ConfigEntryWatch::queryName).toList();
    var entries = new PartStatus(CONFIG_ENTRIES, kinds, listener);
    for (String kind : ConfigEntryWatch.KINDS) {
      boolean hasToken = !context.settings().token().isEmpty();
      start(new ConfigEntryWatch(kind, hasToken, entries, listener).query(context));
    }
    if (mutualTls) {
      startCertificates(listener);
    }
  }

  private void startCertificates(RegistryListener listener) {
    var reader = new LeafReader(context, listener, InstantSource.system());
    leaves.set(reader);
    var authority =
        new PartStatus(
            AUTHORITY, List.of(RootsWatch.QUERY, DefaultIntentionReader.QUERY), listener);
    start(new RootsWatch(context, authority, reader, listener).query(context));
    start(
        DefaultIntentionReader.QUERY,
        new DefaultIntentionReader(context, authority, listener, POLICY_INTERVAL));
    start("leaf", reader);
  }

  @Override
  public void certify(ImmutableSet<String> services) {
    LeafReader reader = leaves.get();
    if (reader != null) {
      reader.certify(services);
    }
  }

  private void startServices(RegistryListener listener) {
    List<String> queries = new ArrayList<>(ServiceWatch.queryNames());
    queries.add(ServiceReader.QUERY);
    var status = new PartStatus(SERVICES, queries, listener);
    var work =
        new ServiceWork(
            context.settings().consistency(), () -> status.allAnswered(ServiceWatch.queryNames()));
    new ServiceWatch(work, status, context.settings().waitTime())
        .queries(context)
        .forEach(this::start);
    start(ServiceReader.QUERY, new ServiceReader(context, work, status, listener));
  }

  private void start(BlockingQuery<?> query) {
    start(query.name(), query);
  }

  private void start(String name, Runnable work) {
    threads.add(Thread.ofVirtual().name("convoy-consul-" + name).start(work));
  }

  @Override
  public void close() {
    context.lifetime().end();
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        do {
          context.http().close();
        } while (!thread.join(Duration.ofMillis(50)));
      }
      // An answer that had come already has given its connection back since.
      context.http().close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
