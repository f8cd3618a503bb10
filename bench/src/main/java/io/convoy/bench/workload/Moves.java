package io.convoy.bench.workload;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A few routes, each to a service of its own. At each change, one of them moves to a service that
 * is new, and the one that it went to is gone: the cluster that the route needs comes, and the one
 * that it needed goes, in the same update.
 *
 * @param port where all services really are, on loopback
 */
public record Moves(int port) implements Workload {
  /** The routes are {@code /0/}, {@code /1/} and so on. */
  public static final int ROUTES = 2;

  @Override
  public Catalog catalog() {
    return Catalog.EMPTY.with(
        IntStream.range(0, ROUTES).mapToObj(this::service).toList(), Set.of());
  }

  @Override
  public Change change(int number) {
    return new Change(List.of(service(number + ROUTES)), Set.of(name(number)));
  }

  private Service service(int number) {
    String path = "/" + number % ROUTES + "/";
    return Service.of(
        name(number),
        List.of(
            new Instance(
                "node",
                name(number) + "-0",
                "127.0.0.1",
                port,
                ImmutableSortedSet.of(),
                ImmutableSortedMap.of("convoy-path", path),
                1,
                Health.PASSING,
                Locality.UNKNOWN,
                1L + number)));
  }

  private static String name(int number) {
    return "service-" + number;
  }
}
