package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.primitives.Ints;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * The services of a catalog that have a sidecar beside each of their instances. Confined to one
 * thread.
 *
 * <p>An instance has one when it says behind which port its application is: {@code
 * convoy-app-port}, in meta or as a tag.
 */
final class Sidecars {
  static final String APP_PORT = "convoy-app-port";

  private final TreeSet<String> names = new TreeSet<>();
  private ImmutableSet<String> all = ImmutableSet.of();

  /** The same object as before unless it differs. */
  ImmutableSet<String> update(Catalog catalog, Set<String> changed) {
    boolean differs = false;
    for (String name : changed) {
      differs |=
          catalog.service(name).filter(Sidecars::everywhere).isPresent()
              ? names.add(name)
              : names.remove(name);
    }
    if (differs) {
      all = ImmutableSortedSet.copyOf(names);
    }
    return all;
  }

  private static boolean everywhere(Service service) {
    return !service.instances().isEmpty() && service.instances().stream().allMatch(Sidecars::has);
  }

  /** Whether the instance's port is that of its sidecar. */
  static boolean has(Instance instance) {
    return appPort(instance).isPresent();
  }

  /** The application's own port; one that is the sidecar's would be a circle, and is none. */
  static OptionalInt appPort(Instance instance) {
    Integer port = hint(instance, APP_PORT).map(Ints::tryParse).orElse(null);
    return port == null || port < 1 || port > 65_535 || port == instance.port()
        ? OptionalInt.empty()
        : OptionalInt.of(port);
  }

  /** What an instance says in meta, or else as a tag {@code NAME=VALUE}. */
  static Optional<String> hint(Instance instance, String name) {
    String meta = instance.meta().get(name);
    return meta != null
        ? Optional.of(meta)
        : instance.tags().stream()
            .filter(tag -> tag.startsWith(name + "="))
            .map(tag -> tag.substring(name.length() + 1))
            .findFirst();
  }
}
