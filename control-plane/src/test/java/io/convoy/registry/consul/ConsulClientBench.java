package io.convoy.registry.consul;

import com.google.common.collect.ImmutableMap;
import com.sun.management.ThreadMXBean;
import io.convoy.fixture.ConsulFixture;
import io.convoy.policy.DocumentId;
import io.convoy.registry.consul.KvWriter.Change;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.kiwiproject.consul.Consul;

/**
 * Prints what one answer costs through consul-client and through Convoy's own reader: {@code
 * docs/decisions/consul-client.md} has the command. Asserts nothing.
 */
final class ConsulClientBench {
  private static final int ROUNDS = 300;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private ConsulClientBench() {}

  private interface Work {
    Object run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    try (ConsulFixture consul = ConsulFixture.start()) {
      ConsulSettings settings = ConsulSettings.of(URI.create(consul.url()));
      fill(settings);
      ManyServices many = new ManyServices(consul, 20);
      many.register(200, 3);
      many.disconnect();
      Consul kiwi = Consul.builder().withUrl(consul.url()).withPing(false).build();
      try (ConsulHttp own =
          new ConsulHttp(settings, new ConsulMetrics(new SimpleMeterRegistry()))) {
        var kv =
            new Query<>(
                "kv", "kv/convoy/", ImmutableMap.of("recurse", "true"), true, KvEntry::parseAll);
        var health = Query.of("health", "health/service/many-1", InstanceReader::readHealth);
        for (int round = 0; round < 2; round++) {
          measure(
              "300 documents, consul-client",
              () ->
                  kiwi.keyValueClient().getValues("convoy/").stream()
                      .map(value -> value.getValueAsString(StandardCharsets.UTF_8))
                      .toList());
          measure("300 documents, own", () -> own.get(kv));
          measure(
              "a service, consul-client",
              () -> kiwi.healthClient().getAllServiceInstances("many-1"));
          measure("a service, own", () -> own.get(health));
        }
      }
      kiwi.destroy();
    }
  }

  private static void fill(ConsulSettings settings) throws Exception {
    String text = "Kind: http-route\n" + "# a line of a document\n".repeat(40);
    List<Change> changes =
        IntStream.range(0, 300)
            .mapToObj(i ->
                new Change(
                    new DocumentId("http-route", "r" + i), Optional.of(text), Optional.of(0L)))
            .toList();
    try (KvWriter kv = new KvWriter(settings)) {
      kv.write(changes);
    }
  }

  private static void measure(String what, Work work) throws Exception {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long cpu = THREADS.getCurrentThreadCpuTime();
    for (int i = 0; i < ROUNDS; i++) {
      work.run();
    }
    System.out.printf(
        Locale.ROOT,
        "%-32s %6.2f ms CPU, %6d KiB allocated%n",
        what,
        (THREADS.getCurrentThreadCpuTime() - cpu) / 1e6 / ROUNDS,
        (THREADS.getCurrentThreadAllocatedBytes() - allocated) / 1024 / ROUNDS);
  }
}
