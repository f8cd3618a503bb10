package io.convoy.registry.consul;

import static com.google.common.collect.ImmutableListMultimap.toImmutableListMultimap;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.UrlEscapers;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import io.convoy.catalog.Upstream;
import io.convoy.registry.RegistryListener;
import io.convoy.registry.consul.ConsulFault.Reason;
import io.convoy.registry.consul.InstanceReader.Everything;
import io.convoy.registry.consul.InstanceReader.OfName;
import io.convoy.registry.consul.Query.Answer;
import io.convoy.registry.consul.ServiceWork.Task;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the services that may have changed, on one thread, and reports those that differ.
 *
 * <p>While there are few, one blocking query follows them all. Of many, when it is known which may
 * have changed (a check failed or recovered), each of those is read; else all, in one answer. Why
 * so, and what it costs: docs/decisions/consul-watch.md.
 */
final class ServiceReader implements Runnable {
  static final String QUERY = "read";

  private static final Logger log = LoggerFactory.getLogger(ServiceReader.class);

  /** With all blocking queries these stay below 20 connections, of the 200 that an agent grants. */
  private static final int PARALLEL = 3;

  /** A lagging server gets this long to catch up with what another one has told already. */
  private static final Duration CATCH_UP = Duration.ofSeconds(2);

  /** Reading this share of the services one by one costs as much as reading all at once. */
  private static final double MANY = 0.2;

  private static final int FEW = 16;

  /** Consul lists so many registrations within some two milliseconds, 100 KB. */
  static final int LITTLE = 100;

  private static final Query<Everything> ALL =
      Query.of("all-services", "internal/ui/nodes", InstanceReader::readNodes);
  private static final Query<List<String>> NAMES =
      Query.of("names", "catalog/services", ServiceReader::names);

  private final ConsulHttp http;
  private final ConsulMetrics metrics;
  private final Lifetime lifetime;
  private final Backoff backoff;
  private final PartStatus status;
  private final RegistryListener listener;
  private final ServiceWork work;
  private final Duration waitTime;
  private final int parallel;
  private final Map<String, Service> known = new HashMap<>();
  private boolean oneByOne;

  ServiceReader(
      ConsulRegistry.Context context,
      ServiceWork work,
      PartStatus status,
      RegistryListener listener) {
    this.http = context.http();
    this.metrics = context.metrics();
    this.lifetime = context.lifetime();
    this.backoff = context.newBackoff();
    this.status = status;
    this.listener = listener;
    this.work = work;
    this.waitTime = context.settings().waitTime();
    int spare = context.settings().maxConnections() - ConsulSettings.MIN_CONNECTIONS + 1;
    this.parallel = Math.min(PARALLEL, spare);
  }

  @Override
  public void run() {
    var threads = Thread.ofVirtual().name("convoy-consul-read-", 0).factory();
    try (ExecutorService readers = Executors.newFixedThreadPool(parallel, threads)) {
      while (!lifetime.isOver()) {
        runOnce(readers);
      }
    } catch (InterruptedException e) {
      // Only the registry interrupts its threads, and only to end them.
      lifetime.end();
    }
  }

  private void runOnce(ExecutorService readers) throws InterruptedException {
    try {
      switch (work.next()) {
        case Task.Everything task -> readEverything(task.index(), readers);
        case Task.Checks task -> readChecked(task.checks(), readers);
        case Task.Follow task -> follow(task.index());
      }
      backoff.reset();
    } catch (ConsulFault fault) {
      if (!lifetime.isOver()) {
        work.startOver();
        status.failed(QUERY, fault.getMessage());
        lifetime.sleep(backoff.next());
      }
    }
  }

  private void readEverything(long index, ExecutorService readers)
      throws ConsulFault, InterruptedException {
    long start = System.nanoTime();
    if (!oneByOne) {
      try {
        // The index makes a server wait that has not seen yet what woke us; others answer at once.
        Answer<Everything> answer = http.get(ALL, Math.max(0, index - 1), CATCH_UP);
        apply(answer);
        done(answer.index(), start, isLittle(answer));
        return;
      } catch (ConsulFault fault) {
        if (fault.reason() != Reason.NOT_SUPPORTED) {
          throw fault;
        }
        log.warn("Services are read one by one, which costs more: {}", fault.getMessage());
        oneByOne = true;
      }
    }
    Answer<List<String>> names = http.get(NAMES, Math.max(0, index - 1), CATCH_UP);
    checkSeen(names, names.body().isEmpty());
    Map<String, OfName> read = readEach(names.body(), readers);
    ImmutableListMultimap<String, SidecarProxy> proxies =
        read.values().stream()
            .flatMap(one -> one.proxies().stream())
            .collect(toImmutableListMultimap(SidecarProxy::service, proxy -> proxy));
    Map<String, Service> services =
        services(
            read, (name, instances) -> SidecarProxy.beside(name, instances, proxies.get(name)));
    apply(services, goneFrom(services.keySet()));
    done(names.index(), start, false);
  }

  private void done(long index, long start, boolean little) {
    long nanos = System.nanoTime() - start;
    metrics.reads("all").record(nanos, TimeUnit.NANOSECONDS);
    work.readEverything(index, nanos, little);
    status.answered(QUERY);
  }

  /** What wakes us is everything already: one answer of Consul's instead of two. */
  private void follow(long index) throws ConsulFault {
    var event = new AnsweredEvent();
    event.begin();
    Answer<Everything> answer = http.get(ALL, index, waitTime);
    if (answer.index() < index) {
      metrics.indexReset(ALL.name());
      work.startOver();
      return;
    }
    apply(answer);
    event.query = ALL.name();
    event.index = answer.index();
    event.commit();
    work.followed(answer.index(), isLittle(answer));
    status.answered(QUERY);
  }

  private static boolean isLittle(Answer<Everything> answer) {
    return answer.body().registrations() <= LITTLE;
  }

  private void apply(Answer<Everything> answer) throws ConsulFault {
    checkSeen(answer, answer.body().registrations() == 0);
    Map<String, Service> services = answer.body().services();
    apply(services, goneFrom(services.keySet()));
  }

  private void readChecked(Set<ConsulCheck> checks, ExecutorService readers)
      throws ConsulFault, InterruptedException {
    Set<String> names = servicesOf(checks);
    if (names.size() > Math.max(FEW, known.size() * MANY)) {
      work.startOver();
      return;
    }
    long start = System.nanoTime();
    Map<String, Service> services = services(readEach(names, readers), this::asBefore);
    names.removeAll(services.keySet());
    names.retainAll(known.keySet());
    apply(services, names);
    metrics.reads("changed").record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
  }

  /** A node's own check is its services' as well. */
  private Set<String> servicesOf(Set<ConsulCheck> checks) {
    Set<String> names = new TreeSet<>();
    Set<String> nodes = new TreeSet<>();
    for (ConsulCheck check : checks) {
      if (check.serviceName().isEmpty()) {
        nodes.add(check.node());
      } else {
        names.add(check.serviceName());
      }
    }
    if (!nodes.isEmpty()) {
      for (Service service : known.values()) {
        if (service.instances().stream().anyMatch(instance -> nodes.contains(instance.node()))) {
          names.add(service.name());
        }
      }
    }
    names.remove(InstanceReader.CONSUL);
    return names;
  }

  /** A check says nothing of what sidecars call: a registration does, and leads to a full read. */
  private List<Instance> asBefore(String name, List<Instance> instances) {
    Map<String, ImmutableList<Upstream>> before = new HashMap<>();
    Optional.ofNullable(known.get(name))
        .ifPresent(
            service -> service.instances().forEach(one -> before.put(key(one), one.upstreams())));
    return instances.stream()
        .map(one -> one.with(before.getOrDefault(key(one), ImmutableList.of())))
        .toList();
  }

  private static String key(Instance instance) {
    return instance.node() + '/' + instance.id();
  }

  /** Those that have instances, by name. */
  private static Map<String, Service> services(
      Map<String, OfName> read, BiFunction<String, List<Instance>, List<Instance>> completed) {
    Map<String, Service> services = new HashMap<>();
    read.forEach((name, one) -> {
      if (!one.instances().isEmpty()) {
        services.put(name, Service.of(name, completed.apply(name, one.instances())));
      }
    });
    return services;
  }

  private Map<String, OfName> readEach(Collection<String> names, ExecutorService readers)
      throws ConsulFault, InterruptedException {
    List<String> inOrder = List.copyOf(names);
    List<Callable<OfName>> tasks = new ArrayList<>(names.size());
    for (String name : inOrder) {
      tasks.add(() -> http.get(instancesOf(name)).body());
    }
    Map<String, OfName> read = new HashMap<>();
    List<Future<OfName>> answers = readers.invokeAll(tasks);
    for (int i = 0; i < answers.size(); i++) {
      read.put(inOrder.get(i), result(answers.get(i)));
    }
    return read;
  }

  private static Query<OfName> instancesOf(String name) {
    String escaped = UrlEscapers.urlPathSegmentEscaper().escape(name);
    return new Query<>(
        "service",
        "health/service/" + escaped,
        ImmutableMap.of(),
        false,
        InstanceReader::readHealth);
  }

  private static OfName result(Future<OfName> read) throws ConsulFault, InterruptedException {
    try {
      return read.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConsulFault fault) {
        throw new ConsulFault(fault.reason(), fault.getMessage());
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static void checkSeen(Answer<?> answer, boolean empty) throws ConsulFault {
    if (empty && answer.filtered()) {
      throw new ConsulFault(
          Reason.FORBIDDEN,
          "consul: the token may see no service: it needs service_prefix \"\" and node_prefix \"\" { policy = \"read\" }");
    }
  }

  private List<String> goneFrom(Set<String> present) {
    return known.keySet().stream().filter(name -> !present.contains(name)).toList();
  }

  private void apply(Map<String, Service> present, Collection<String> gone) {
    List<Service> changed = new ArrayList<>();
    for (Service service : present.values()) {
      if (!service.equals(known.get(service.name()))) {
        known.put(service.name(), service);
        changed.add(service);
      }
    }
    gone.forEach(known::remove);
    if (!changed.isEmpty() || !gone.isEmpty()) {
      listener.servicesChanged(changed, List.copyOf(gone));
    }
  }

  private static List<String> names(InputStream body) throws IOException {
    try (var json = ConsulJson.parser(body)) {
      json.nextToken();
      return ConsulJson.keys(json);
    }
  }
}
