package io.convoy.registry.file;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.policy.RawDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * An instance of a service, from a definition as Consul's agent reads it from its configuration:
 * {@code service: {name: user, port: 9001}}, or {@code services} with a list of these. Fields are
 * named as in Consul's files ({@code enable_tag_override}) or as in its API ({@code
 * EnableTagOverride}). Convoy runs no checks: of a check, only {@code status} counts, and without
 * one it is passing.
 */
record ServiceDefinition(String name, Instance instance) {
  private static final String NODE = "file";
  private static final int MAX_PORT = 65535;
  private static final int MAX_WEIGHT = 65535;
  private static final int MAX_CHARACTERS = 16 * 1024 * 1024;

  private static final Set<String> OTHER_FIELDS_OF_CONSUL =
      Set.of(
          "enabletagoverride",
          "kind",
          "token",
          "connect",
          "proxy",
          "taggedaddresses",
          "socketpath");

  /** Says where the definition is wrong, what it had and what was expected. */
  static final class Malformed extends Exception {
    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /** The definitions in a part of a file; empty when it is something else. */
  static List<ServiceDefinition> read(RawDocument part) throws Malformed {
    if (!part.id().kind().equals(RawDocument.INVALID) || !part.text().contains("service")) {
      return List.of();
    }
    Object content;
    try {
      content = new Yaml(new SafeConstructor(options())).load(part.text());
    } catch (YAMLException e) {
      return List.of();
    }
    Fields top = Fields.of(content);
    if (top == null || top.has("kind") || !(top.has("service") || top.has("services"))) {
      return List.of();
    }
    top.allow(Set.of("service", "services"));
    List<ServiceDefinition> services = new ArrayList<>();
    if (top.has("service")) {
      services.add(read(top.object("service")));
    }
    for (Fields service : top.objects("services")) {
      services.add(read(service));
    }
    return services;
  }

  private static LoaderOptions options() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setAllowDuplicateKeys(false);
    return options;
  }

  private static ServiceDefinition read(Fields service) throws Malformed {
    String name = service.text("name", "");
    if (name.isEmpty()) {
      throw service.wrong("name", "nothing", "the service's name");
    }
    Fields weights = service.object("weights");
    Fields locality = service.object("locality");
    Health health = health(service);
    int passing = weights.number("passing", 1, MAX_WEIGHT);
    int warning = weights.number("warning", 1, MAX_WEIGHT);
    int weight = health == Health.WARNING ? warning : passing;
    String address = service.text("address", "127.0.0.1");
    Instance instance =
        new Instance(
            NODE,
            service.text("id", name),
            address.isEmpty() ? "127.0.0.1" : address,
            service.number("port", 0, MAX_PORT),
            ImmutableSortedSet.copyOf(service.texts("tags")),
            ImmutableSortedMap.copyOf(service.object("meta").texts()),
            Math.max(1, weight),
            weight == 0 ? Health.CRITICAL : health,
            new Locality(locality.text("region", ""), locality.text("zone", "")),
            0);
    weights.allow(Set.of());
    locality.allow(Set.of());
    service.allow(OTHER_FIELDS_OF_CONSUL);
    return new ServiceDefinition(name, instance);
  }

  private static Health health(Fields service) throws Malformed {
    List<Fields> checks = new ArrayList<>(service.objects("checks"));
    if (service.has("check")) {
      checks.add(service.object("check"));
    }
    Health worst = Health.PASSING;
    for (Fields check : checks) {
      String status = check.text("status", "passing");
      Health health =
          switch (status) {
            case "passing" -> Health.PASSING;
            case "warning" -> Health.WARNING;
            case "critical" -> Health.CRITICAL;
            default -> throw check.wrong("status", status, "passing, warning or critical");
          };
      worst = health.compareTo(worst) > 0 ? health : worst;
    }
    return worst;
  }
}
