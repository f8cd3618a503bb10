package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.catalog.Upstream;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.Policies;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import io.convoy.translation.NodeGroup.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/**
 * A folder in {@code src/test/resources/golden} with {@code in.yaml} and {@code out.yaml}.
 *
 * <p>The first part of {@code in.yaml} has {@code Group} (a node group as it prints itself, {@code
 * gateway:gateway} by default), {@code Show} (the types of resources that {@code out.yaml} holds)
 * {@code Catalog}, {@code Refused} (the documents that must be) and {@code Mesh} (with mutual TLS
 * where it has a {@code TrustDomain}, {@code unread} for one that is not known; {@code
 * DefaultIntention} is {@code deny} where it is not given); the others are documents, the older
 * first.
 */
record GoldenCase(
    Path folder,
    NodeGroup group,
    List<String> show,
    Catalog catalog,
    Policies policies,
    Mesh mesh) {
  private static final Path FOLDER = Path.of("src/test/resources/golden");

  static List<GoldenCase> all() {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders.sorted().map(GoldenCase::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GoldenCase read(String name) {
    return read(FOLDER.resolve(name));
  }

  private static GoldenCase read(Path folder) {
    String text = content(folder.resolve("in.yaml"));
    int end = text.indexOf("\n---\n");
    Map<String, Object> head = map(new Yaml().load(end < 0 ? text : text.substring(0, end)));
    return new GoldenCase(
        folder,
        group(String.valueOf(head.getOrDefault("Group", "gateway:gateway"))),
        strings(head.getOrDefault("Show", List.of("clusters", "endpoints", "routes"))),
        catalog(map(head.getOrDefault("Catalog", Map.of()))),
        policies(
            end < 0 ? "" : text.substring(end + 1),
            strings(head.getOrDefault("Refused", List.of()))),
        mesh(map(head.getOrDefault("Mesh", Map.of()))));
  }

  String name() {
    return String.valueOf(folder.getFileName());
  }

  Path out() {
    return folder.resolve("out.yaml");
  }

  Translation translate() {
    return new Translator(group).translate(catalog, policies, mesh);
  }

  @Override
  public String toString() {
    return name();
  }

  static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NodeGroup group(String text) {
    String[] parts = text.split(":", -1);
    return new NodeGroup(
        Role.valueOf(parts[0].toUpperCase(Locale.ROOT)),
        parts[1],
        parts.length > 2 ? Integer.parseInt(parts[2]) : 0);
  }

  private static Mesh mesh(Map<String, Object> fields) {
    if (fields.isEmpty()) {
      return Mesh.NONE;
    }
    String domain = String.valueOf(fields.get("TrustDomain"));
    var others = String.valueOf(fields.getOrDefault("DefaultIntention", "deny"));
    Mesh mesh = Mesh.UNKNOWN.with(Mesh.DefaultIntention.valueOf(others.toUpperCase(Locale.ROOT)));
    return domain.equals("unread") ? mesh : mesh.with(new Mesh.Authority(domain, "dc1"));
  }

  private static Catalog catalog(Map<String, Object> services) {
    List<Service> result = new ArrayList<>();
    services.forEach((name, instances) -> {
      List<Instance> of = new ArrayList<>();
      for (Object instance : (List<?>) instances) {
        of.add(instance(name + "-" + (of.size() + 1), of.size() + 1, map(instance)));
      }
      result.add(Service.of(name, of));
    });
    return Catalog.EMPTY.with(result, List.of());
  }

  private static Instance instance(String id, int age, Map<String, Object> fields) {
    Map<String, String> meta = new TreeMap<>();
    map(fields.getOrDefault("Meta", Map.of()))
        .forEach((key, value) -> meta.put(key, String.valueOf(value)));
    return new Instance(
        "node-1",
        id,
        String.valueOf(fields.get("Address")),
        (Integer) fields.getOrDefault("Port", 8080),
        ImmutableSortedSet.copyOf(strings(fields.getOrDefault("Tags", List.of()))),
        ImmutableSortedMap.copyOf(meta),
        (Integer) fields.getOrDefault("Weight", 1),
        Health.valueOf(
            String.valueOf(fields.getOrDefault("Health", "passing")).toUpperCase(Locale.ROOT)),
        new Locality(
            String.valueOf(fields.getOrDefault("Region", "")),
            String.valueOf(fields.getOrDefault("Zone", ""))),
        (Integer) fields.getOrDefault("CreateIndex", age),
        upstreams((List<?>) fields.getOrDefault("ProxyUpstreams", List.of())));
  }

  private static ImmutableList<Upstream> upstreams(List<?> entries) {
    return entries.stream()
        .map(GoldenCase::map)
        .map(entry ->
            new Upstream(
                String.valueOf(entry.get("Name")),
                String.valueOf(entry.getOrDefault("Type", "")),
                String.valueOf(entry.getOrDefault("Datacenter", "")),
                String.valueOf(entry.getOrDefault("Address", "")),
                (Integer) entry.getOrDefault("Port", 0)))
        .collect(ImmutableList.toImmutableList());
  }

  static Policies policies(String text) {
    return policies(text, List.of());
  }

  private static Policies policies(String text, List<String> refused) {
    var store = new PolicyStore();
    int age = 0;
    for (RawDocument raw : DocumentParser.split("in.yaml", text, 0, 0)) {
      age++;
      var aged =
          new RawDocument(raw.source(), raw.location(), raw.line(), raw.id(), raw.text(), age, age);
      store.apply(aged.source(), List.of(aged), List.of());
    }
    Policies policies = store.policies();
    policies
        .entries()
        .forEach((id, entry) ->
            assertThat(entry.problem().isPresent())
                .as("problem of %s: %s", id, entry.problem())
                .isEqualTo(refused.contains(id.toString())));
    return policies;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  private static List<String> strings(Object value) {
    return (List<String>) value;
  }
}
