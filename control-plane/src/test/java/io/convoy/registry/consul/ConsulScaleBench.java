package io.convoy.registry.consul;

import com.google.common.base.Splitter;
import com.sun.management.OperatingSystemMXBean;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import io.convoy.fixture.Await;
import io.convoy.fixture.ConsulFixture;
import io.convoy.registry.Recorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * Prints what following many services of a real Consul costs: {@code
 * docs/decisions/consul-watch.md} has the command. Asserts nothing.
 */
final class ConsulScaleBench {
  private static final int INSTANCES = 3;
  private static final int MOST_CHANGES = 20;
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Recorder seen = new Recorder();
  private final ConsulFixture consul;
  private final ManyServices many;
  private final int count;

  private ConsulScaleBench(ConsulFixture consul, ManyServices many, int services) {
    this.count = Math.min(MOST_CHANGES, services);
    this.consul = consul;
    this.many = many;
  }

  /** {@code args}: the number of services, 2,000 unless given; the number of nodes, 200. */
  public static void main(String[] args) throws Exception {
    int services = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    int nodes = args.length > 1 ? Integer.parseInt(args[1]) : 200;
    try (ConsulFixture consul = ConsulFixture.start()) {
      ManyServices many = new ManyServices(consul, nodes);
      many.register(services, INSTANCES);
      many.disconnect();
      new ConsulScaleBench(consul, many, services).run(services);
    }
  }

  private void run(int services) throws Exception {
    print("services x instances", services + " x " + INSTANCES);
    long heapBefore = heap();
    var settings = ConsulSettings.of(URI.create(consul.url()));
    try (var registry = new ConsulRegistry(settings, meters)) {
      long start = System.nanoTime();
      long cpu = SYSTEM.getProcessCpuTime();
      registry.start(seen);
      Await.until("all is seen", () -> seen.partsUp().equals(registry.parts()));
      print("time to ready", millis(System.nanoTime() - start));
      print("CPU to ready", millis(SYSTEM.getProcessCpuTime() - cpu));
      print("services seen", seen.catalog().services().size());
      print("heap", (heap() - heapBefore) / 1024 / 1024 + " MiB");
      rest("CPU at rest");
      print("connections at rest", Connections.to(consul.port()));
      for (String round : new String[] {"cold", "warm"}) {
        print("", round);
        changes("a check fails, and another recovers", this::flip, this::flipped);
        changes("a port changes", this::move, this::moved);
        changes("an instance joins", this::join, this::joined);
      }
      print("connections", Connections.to(consul.port()));
      rest("CPU at rest");
    }
  }

  private int changed;
  private int generation;

  private void flip(int number) {
    changed = number;
    many.check(number, 0, generation % 2 == 1 ? "critical" : "passing");
  }

  private boolean flipped(Service service) {
    Health health = generation % 2 == 1 ? Health.CRITICAL : Health.PASSING;
    return instance(service, 0).map(i -> i.health() == health).orElse(false);
  }

  private void move(int number) {
    changed = number;
    many.put(number, 1, 9000 + generation);
  }

  private boolean moved(Service service) {
    return instance(service, 1).map(i -> i.port() == 9000 + generation).orElse(false);
  }

  private void join(int number) {
    changed = number;
    many.put(number, 10 + generation, 8000);
  }

  private boolean joined(Service service) {
    return instance(service, 10 + generation).isPresent();
  }

  private static java.util.Optional<Instance> instance(Service service, int number) {
    String id = service.name() + "-" + number;
    return service.instances().stream().filter(i -> i.id().equals(id)).findAny();
  }

  private void changes(String what, IntConsumer change, Predicate<Service> arrived)
      throws InterruptedException, IOException {
    long[] times = new long[count];
    long cpu = SYSTEM.getProcessCpuTime();
    long consulCpu = consulCpu();
    generation++;
    long reads = reads("all");
    long reads1 = reads("changed");
    for (int i = 0; i < count; i++) {
      change.accept(i);
      many.flush();
      long written = System.nanoTime();
      while (!seen.service(ManyServices.name(changed)).filter(arrived).isPresent()) {
        Thread.sleep(Duration.ofNanos(200_000));
      }
      times[i] = System.nanoTime() - written;
      Thread.sleep(500);
    }
    Arrays.sort(times);
    print(
        what,
        "median %s, most %s; CPU %s of Convoy (with the writer), %s of Consul; %d full reads, %d of one"
            .formatted(
                millis(times[count / 2]),
                millis(times[count - 1]),
                millis((SYSTEM.getProcessCpuTime() - cpu) / count),
                millis((consulCpu() - consulCpu) * 10_000_000 / count),
                reads("all") - reads,
                reads("changed") - reads1));
  }

  private long reads(String kind) {
    var timer = meters.find("convoy.consul.reads").tag("kind", kind).timer();
    return timer == null ? 0 : timer.count();
  }

  private void rest(String what) throws InterruptedException {
    Thread.sleep(2000);
    long cpu = SYSTEM.getProcessCpuTime();
    Thread.sleep(10_000);
    double share = (SYSTEM.getProcessCpuTime() - cpu) / 1e10;
    print(what, String.format(Locale.ROOT, "%.2f %% of a core", share * 100));
  }

  /** In hundredths of a second. */
  private static long consulCpu() throws IOException {
    long pid = ProcessHandle.current().children().findFirst().orElseThrow().pid();
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    List<String> fields = Splitter.on(' ').splitToList(stat.substring(stat.lastIndexOf(')') + 2));
    return Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }

  private static void print(String what, Object value) {
    System.out.printf(Locale.ROOT, "%-40s %s%n", what, value);
  }
}
