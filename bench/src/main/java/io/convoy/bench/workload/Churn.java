package io.convoy.bench.workload;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Equal services, each with a route by its meta; at each change, an instance of one of them moves.
 *
 * @param services at least 1
 * @param instances of each service, at least 1
 */
public record Churn(int services, int instances) implements Workload {
  private static final int PORT = 8080;
  private static final String STRIP = "true";

  /** Changes from this number on touch every service. */
  public static final int EVERYTHING = 1_000_000;

  // Without a common factor with the sizes that people choose, so that changes wander about.
  private static final int STRIDE = 7919;

  @Override
  public Catalog catalog() {
    var all = ImmutableSortedMap.<String, Service>naturalOrder();
    for (int i = 0; i < services; i++) {
      all.put(name(i), service(i, PORT, STRIP));
    }
    return new Catalog(all.build());
  }

  /** A service's first instance moves to another port. */
  @Override
  public Change change(int number) {
    if (number >= EVERYTHING) {
      return everything(number);
    }
    int service = (int) ((long) number * STRIDE % services);
    return new Change(List.of(service(service, 20_000 + number % 40_000, STRIP)), Set.of());
  }

  /** Every route changes, and every first instance moves. */
  private Change everything(int number) {
    var all = new ArrayList<Service>();
    for (int i = 0; i < services; i++) {
      all.add(service(i, 10_000 + number % 10_000, number % 2 == 0 ? "false" : STRIP));
    }
    return new Change(all, Set.of());
  }

  private Service service(int number, int firstPort, String strip) {
    List<Instance> all = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      all.add(instance(number, i, i == 0 ? firstPort : PORT, strip));
    }
    return Service.of(name(number), all);
  }

  private Instance instance(int service, int number, int port, String strip) {
    int address = service * instances + number;
    return new Instance(
        "node-" + number,
        name(service) + "-" + number,
        "10.%d.%d.%d".formatted(address >> 16 & 255, address >> 8 & 255, address & 255),
        port,
        ImmutableSortedSet.of(),
        ImmutableSortedMap.of("convoy-path", "/" + name(service) + "/", "convoy-strip", strip),
        1,
        Health.PASSING,
        Locality.UNKNOWN,
        1L + address);
  }

  private static String name(int service) {
    return String.format(Locale.ROOT, "service-%05d", service);
  }
}
