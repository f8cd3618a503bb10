package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A route that a service's meta or tags ask for: {@code convoy-path}, {@code convoy-strip}, {@code
 * convoy-host}; as a tag, {@code convoy-path=/user/}. Where an instance has both, meta is heard.
 *
 * @param path a prefix
 * @param strip whether the prefix is taken off before the service sees the path
 * @param host empty for every host
 * @param createIndex that of the service's oldest instance
 */
record MetaRoute(String service, String path, boolean strip, String host, long createIndex) {
  private static final String PATH = "convoy-path";
  private static final String STRIP = "convoy-strip";
  private static final String HOST = "convoy-host";

  /** A route, if the service asks for one, and what is wrong with what it says. */
  record Reading(Optional<MetaRoute> route, ImmutableList<String> problems) {
    static final Reading NOTHING = new Reading(Optional.empty(), ImmutableList.of());
  }

  /** What problems are reported of: {@code service/NAME}. */
  DocumentId id() {
    return id(service);
  }

  static DocumentId id(String service) {
    return new DocumentId("service", service);
  }

  /**
   * Reads the hints of the oldest instance that has a path. An instance without hints says nothing;
   * one that says something else is overruled and reported.
   */
  static Reading read(Service service) {
    var speaking = service.instances().stream().filter(MetaRoute::hints).toList();
    var problems = ImmutableList.<String>builder();
    Optional<Instance> oldest =
        speaking.stream()
            .filter(instance -> hintsOf(instance).containsKey(PATH))
            .min(Comparator.comparingLong(Instance::createIndex));
    if (oldest.isEmpty()) {
      return speaking.isEmpty()
          ? Reading.NOTHING
          : new Reading(
              Optional.empty(),
              ImmutableList.of(STRIP + " and " + HOST + " have no effect without " + PATH));
    }
    Map<String, String> hints = hintsOf(oldest.get());
    for (Instance other : speaking) {
      if (!hintsOf(other).equals(hints)) {
        problems.add(
            "instance \"%s\" has %s; the oldest, \"%s\", has %s and counts"
                .formatted(other.id(), hintsOf(other), oldest.get().id(), hints));
      }
    }
    return new Reading(route(service, hints, problems), problems.build());
  }

  private static boolean hints(Instance instance) {
    return instance.meta().keySet().stream().anyMatch(MetaRoute::isHint)
        || instance.tags().stream().anyMatch(tag -> isHint(tagName(tag)));
  }

  private static boolean isHint(String name) {
    return name.equals(PATH) || name.equals(STRIP) || name.equals(HOST);
  }

  private static String tagName(String tag) {
    int equals = tag.indexOf('=');
    return equals < 0 ? tag : tag.substring(0, equals);
  }

  private static Map<String, String> hintsOf(Instance instance) {
    Map<String, String> hints = new LinkedHashMap<>();
    for (String tag : instance.tags()) {
      String name = tagName(tag);
      if (isHint(name)) {
        hints.put(name, tag.length() == name.length() ? "" : tag.substring(name.length() + 1));
      }
    }
    instance
        .meta()
        .forEach((name, value) -> {
          if (isHint(name)) {
            hints.put(name, value);
          }
        });
    return hints;
  }

  private static Optional<MetaRoute> route(
      Service service, Map<String, String> hints, ImmutableList.Builder<String> problems) {
    String path = hints.getOrDefault(PATH, "");
    if (!path.startsWith("/")
        || !path.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '?' && c != '#')) {
      problems.add("%s: \"%s\" is not a path that starts with \"/\"".formatted(PATH, path));
      return Optional.empty();
    }
    String host = hints.getOrDefault(HOST, "").toLowerCase(Locale.ROOT);
    if (!host.isEmpty() && !Hosts.isHostname(host)) {
      problems.add(
          "%s: \"%s\" is neither a host name nor *.SUFFIX; the service is not routed"
              .formatted(HOST, host));
      return Optional.empty();
    }
    String strip = hints.getOrDefault(STRIP, "false");
    if (!strip.equals("true") && !strip.equals("false")) {
      problems.add("%s: \"%s\" is neither true nor false".formatted(STRIP, strip));
    }
    long createIndex =
        service.instances().stream().mapToLong(Instance::createIndex).min().orElse(0);
    return Optional.of(
        new MetaRoute(service.name(), path, strip.equals("true"), host, createIndex));
  }
}
