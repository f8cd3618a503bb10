package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.primitives.Ints;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import io.convoy.catalog.Upstream;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the instances of a service say of its sidecars, in meta or by tags. Where they disagree the
 * oldest counts.
 *
 * @param inbound absent where no instance has a sidecar, or where the Envoy has to be told which of
 *     several ports is its own
 * @param checkPath the path of the health check, {@code convoy-check-path}: it passes unguarded
 * @param outboundPort where the service's own calls go in, on loopback: {@code
 *     convoy-outbound-port}, for machines with several sidecars
 * @param upstreams by name, each with the port on loopback that it is reached at, if any; absent
 *     where none are declared ({@code convoy-upstreams}, else those that the sidecar is registered
 *     with)
 * @param problems one line each
 */
record SidecarLayout(
    Optional<Inbound> inbound,
    Optional<String> checkPath,
    int outboundPort,
    Optional<ImmutableSortedMap<String, OptionalInt>> upstreams,
    ImmutableList<String> problems) {
  private static final String OUTBOUND_PORT = "convoy-outbound-port";
  private static final int DEFAULT_OUTBOUND_PORT = 15_001;
  private static final String UPSTREAMS = "convoy-upstreams";
  private static final String PROXY_UPSTREAMS = "Proxy.Upstreams";
  private static final String LOOPBACK = "127.0.0.1";
  private static final String CHECK_PATH = "convoy-check-path";

  static final SidecarLayout NOTHING =
      new SidecarLayout(
          Optional.empty(),
          Optional.empty(),
          DEFAULT_OUTBOUND_PORT,
          Optional.empty(),
          ImmutableList.of());

  /** Where the sidecar listens, and where the application does on 127.0.0.1. */
  record Inbound(int port, int appPort) {}

  /** {@code port}: the registered one of the instance that the sidecar stands beside; 0 for any. */
  static SidecarLayout of(Service service, int port) {
    return new Reader(service, port).read();
  }

  private static final class Reader {
    private final List<Instance> oldestFirst;
    private final int port;
    private final ImmutableList.Builder<String> problems = ImmutableList.builder();

    Reader(Service service, int port) {
      this.oldestFirst =
          service.instances().stream()
              .sorted(Comparator.comparingLong(Instance::createIndex))
              .toList();
      this.port = port;
    }

    SidecarLayout read() {
      Optional<Inbound> inbound = inbound();
      Optional<String> declared = oldest(UPSTREAMS, oldestFirst);
      if (declared.isPresent()
          && oldestFirst.stream().anyMatch(one -> !one.upstreams().isEmpty())) {
        problems.add("it has %s and %s; %1$s counts".formatted(UPSTREAMS, PROXY_UPSTREAMS));
      }
      Optional<String> path = oldest(CHECK_PATH, oldestFirst).filter(this::isPath);
      int outboundPort =
          oldest(OUTBOUND_PORT, oldestFirst).flatMap(this::port).orElse(DEFAULT_OUTBOUND_PORT);
      return new SidecarLayout(
          inbound,
          path,
          outboundPort,
          declared.map(this::upstreams).or(this::registered),
          problems.build());
    }

    /** What a sidecar is registered with; where both are there, the hint counts. */
    private Optional<ImmutableSortedMap<String, OptionalInt>> registered() {
      return this.<ImmutableList<Upstream>>oldest(
              one -> Optional.of(one.upstreams()).filter(list -> !list.isEmpty()),
              PROXY_UPSTREAMS,
              oldestFirst)
          .map(this::registered);
    }

    private ImmutableSortedMap<String, OptionalInt> registered(ImmutableList<Upstream> list) {
      var upstreams = new TreeMap<String, OptionalInt>();
      for (Upstream upstream : list) {
        if (isServed(upstream)) {
          upstreams.put(
              upstream.name(),
              upstream.port() == 0 ? OptionalInt.empty() : OptionalInt.of(upstream.port()));
        }
      }
      return ImmutableSortedMap.copyOf(upstreams);
    }

    private boolean isServed(Upstream upstream) {
      if (!upstream.type().isEmpty()) {
        problem(upstream, "is left out: had DestinationType %s, expected service", upstream.type());
        return false;
      }
      if (!upstream.datacenter().isEmpty()) {
        problem(
            upstream,
            "is left out: it is in datacenter %s, and only this one is served",
            upstream.datacenter());
        return false;
      }
      if (!upstream.address().isEmpty() && !upstream.address().equals(LOOPBACK)) {
        problem(
            upstream,
            "is reached at " + LOOPBACK + ": its LocalBindAddress %s has no effect",
            upstream.address());
      }
      return true;
    }

    private void problem(Upstream upstream, String text, String had) {
      problems.add("%s \"%s\" %s".formatted(PROXY_UPSTREAMS, upstream.name(), text.formatted(had)));
    }

    private Optional<Inbound> inbound() {
      List<Instance> here =
          oldestFirst.stream().filter(one -> port == 0 || one.port() == port).toList();
      for (Instance instance : here) {
        Sidecars.hint(instance, Sidecars.APP_PORT)
            .filter(_ -> !Sidecars.has(instance))
            .ifPresent(text ->
                problems.add(
                    "instance \"%s\": %s: had \"%s\", expected a port other than %d, the registered one"
                        .formatted(instance.id(), Sidecars.APP_PORT, text, instance.port())));
      }
      List<Instance> beside = here.stream().filter(Sidecars::has).toList();
      Set<Integer> ports =
          beside.stream().map(Instance::port).collect(Collectors.toCollection(LinkedHashSet::new));
      if (ports.size() > 1) {
        problems.add(
            "instances are registered on ports %s: a sidecar takes no requests until its node says which is its own (bootstrap --port)"
                .formatted(ports));
        return Optional.empty();
      }
      return oldest(
              one -> Sidecars.appPort(one).stream().boxed().findFirst(), Sidecars.APP_PORT, beside)
          .map(appPort -> new Inbound(beside.getFirst().port(), appPort));
    }

    private Optional<String> oldest(String hint, List<Instance> instances) {
      return oldest(instance -> Sidecars.hint(instance, hint), hint, instances);
    }

    private <V> Optional<V> oldest(
        Function<Instance, Optional<V>> reading, String name, List<Instance> instances) {
      Optional<V> first =
          instances.stream().flatMap(one -> reading.apply(one).stream()).findFirst();
      for (Instance instance : instances) {
        Optional<V> own = reading.apply(instance);
        if (own.isPresent() && !own.equals(first)) {
          problems.add(
              "instance \"%s\" has %s %s; the oldest has %s and counts"
                  .formatted(instance.id(), name, own.get(), first.orElseThrow()));
        }
      }
      return first;
    }

    private Optional<Integer> port(String text) {
      Integer number = Ints.tryParse(text);
      if (number == null || number < 1 || number > 65_535) {
        problems.add("%s: had \"%s\", expected a port".formatted(OUTBOUND_PORT, text));
        return Optional.empty();
      }
      return Optional.of(number);
    }

    private boolean isPath(String path) {
      boolean good =
          path.startsWith("/")
              && path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '?' && c != '#');
      if (!good) {
        problems.add("%s: \"%s\" is not a path that starts with \"/\"".formatted(CHECK_PATH, path));
      }
      return good;
    }

    private ImmutableSortedMap<String, OptionalInt> upstreams(String text) {
      var upstreams = new TreeMap<String, OptionalInt>();
      for (String part : text.split(",", -1)) {
        String entry = part.strip();
        int colon = entry.lastIndexOf(':');
        String name = colon < 0 ? entry : entry.substring(0, colon);
        Integer at = colon < 0 ? null : Ints.tryParse(entry.substring(colon + 1));
        boolean good = !name.isEmpty() && (colon < 0 || (at != null && at > 0 && at < 65_536));
        if (good) {
          upstreams.put(name, at == null ? OptionalInt.empty() : OptionalInt.of(at));
        } else if (!text.isBlank()) {
          problems.add("%s: had \"%s\", expected NAME or NAME:PORT".formatted(UPSTREAMS, entry));
        }
      }
      return ImmutableSortedMap.copyOf(upstreams);
    }
  }
}
