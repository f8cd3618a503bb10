package io.convoy.admin;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import com.google.common.io.Resources;
import io.convoy.policy.DocumentId;
import io.convoy.snapshot.PartState;
import io.convoy.snapshot.Snapshot;
import io.convoy.snapshot.SnapshotWriter;
import io.convoy.snapshot.WriterState;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceJson;
import io.convoy.translation.ResourceType;
import io.convoy.xds.XdsServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the admin endpoint answers, by path. Thread-safe: it reads immutable states only. */
public final class AdminPages {
  private final SnapshotWriter writer;
  private final XdsServer xds;
  private final PrometheusMeterRegistry metrics;
  private final InstantSource clock;
  private final PolicyPages policies;
  private final String page;

  public AdminPages(
      SnapshotWriter writer, XdsServer xds, PrometheusMeterRegistry metrics, InstantSource clock) {
    this.writer = writer;
    this.xds = xds;
    this.metrics = metrics;
    this.clock = clock;
    this.policies = new PolicyPages(writer, xds);
    this.page = readPage();
  }

  /**
   * The answer to a GET.
   *
   * @param path decoded segments
   */
  Response answer(ImmutableList<String> path, ImmutableMap<String, String> parameters) {
    String first = path.isEmpty() ? "" : path.getFirst();
    ImmutableList<String> rest = path.isEmpty() ? path : path.subList(1, path.size());
    return switch (first) {
      case "" -> Response.text("text/html; charset=utf-8", page);
      case "healthz" -> rest.isEmpty() ? Response.json(Map.of("status", "ok")) : unknown();
      case "readyz" -> rest.isEmpty() ? readiness() : unknown();
      case "metrics" ->
          rest.isEmpty()
              ? Response.text("text/plain; version=0.0.4; charset=utf-8", metrics.scrape())
              : unknown();
      case "catalog" -> rest.isEmpty() ? catalog() : unknown();
      case "policies" ->
          switch (rest.size()) {
            case 0 -> Response.json(policies.all());
            case 2 -> policies.one(new DocumentId(rest.get(0), rest.get(1)));
            default -> unknown();
          };
      case "nodes" ->
          switch (rest.size()) {
            case 0 -> nodes(!"false".equals(parameters.get("names")));
            case 1 -> node(rest.getFirst());
            default -> unknown();
          };
      case "explain" -> rest.isEmpty() ? explain(parameters) : unknown();
      case "snapshots" ->
          switch (rest.size()) {
            case 0 -> Response.json(groupNames());
            case 1 -> snapshot(rest.getFirst());
            case 3 -> resource(rest.get(0), rest.get(1), rest.get(2));
            default -> unknown();
          };
      default -> unknown();
    };
  }

  private static Response unknown() {
    return Response.error(
        404,
        "there is no such path",
        "the paths are /, /healthz, /readyz, /metrics, /catalog, /policies[/{kind}/{name}],"
            + " /nodes[/{id}], /snapshots[/{group}[/{type}/{name}]] and"
            + " /explain?node=&method=&host=&path=");
  }

  private Response readiness() {
    WriterState state = writer.state();
    Instant now = clock.instant();
    ImmutableSortedMap<String, Views.Part> parts =
        ImmutableSortedMap.copyOf(Maps.transformValues(state.parts(), part -> part(part, now)));
    boolean stale = state.parts().values().stream().anyMatch(part -> part.problem().isPresent());
    String reason =
        state.parts().entrySet().stream()
            .flatMap(entry ->
                entry.getValue().problem().stream().map(problem -> entry.getKey() + ": " + problem))
            .collect(Collectors.joining("; "));
    var body =
        new Views.Readiness(
            state.ready(),
            stale,
            reason.isEmpty() ? Optional.empty() : Optional.of(reason),
            state.savedAt().map(Instant::toString),
            state.hold().map(hold -> new Views.HoldView(hold.since().toString(), hold.instances())),
            parts);
    return Response.json(state.ready() ? 200 : 503, body);
  }

  private static Views.Part part(PartState part, Instant now) {
    return new Views.Part(
        part.answered(), part.problem(), part.since().toString(), part.staleSeconds(now));
  }

  private Response catalog() {
    WriterState state = writer.state();
    return Response.json(
        Map.of(
            "services",
            state.catalog().services().values().stream()
                .map(service ->
                    Views.ServiceView.of(
                        service, state.unresolved().get(new DocumentId("service", service.name()))))
                .toList()));
  }

  private Response nodes(boolean names) {
    return Response.json(xds.nodes().stream().map(node -> NodeViews.of(node, names)).toList());
  }

  private Response node(String id) {
    return xds.nodes().stream()
        .filter(node -> node.id().equals(id))
        .findFirst()
        .map(node -> Response.json(NodeViews.of(node, true)))
        .orElseGet(
            () -> Response.error(404, "no Envoy of this id is connected: " + id, "see /nodes"));
  }

  private ImmutableList<String> groupNames() {
    return writer.snapshots().groups().stream()
        .sorted()
        .map(NodeGroup::toString)
        .collect(ImmutableList.toImmutableList());
  }

  private Response snapshot(String group) {
    return find(group)
        .map(snapshot -> Response.json(versions(snapshot)))
        .orElseGet(() -> noSnapshot(group));
  }

  private static Map<String, Map<String, String>> versions(Snapshot snapshot) {
    return Arrays.stream(ResourceType.values())
        .collect(
            ImmutableMap.toImmutableMap(
                ResourceType::label, type -> versions(snapshot.of(type).values())));
  }

  private static ImmutableSortedMap<String, String> versions(Collection<Resource> resources) {
    return resources.stream()
        .collect(
            ImmutableSortedMap.toImmutableSortedMap(
                Comparator.naturalOrder(), ShownName::of, Resource::version));
  }

  private Response resource(String group, String type, String name) {
    Optional<Snapshot> snapshot = find(group);
    if (snapshot.isEmpty()) {
      return noSnapshot(group);
    }
    return Arrays.stream(ResourceType.values())
        .filter(candidate -> candidate.label().equals(type))
        .flatMap(candidate ->
            Optional.ofNullable(snapshot.get().of(candidate).get(ShownName.own(candidate, name)))
                .stream())
        .findFirst()
        .map(AdminPages::body)
        .orElseGet(() ->
            Response.error(
                404, "the group has no " + type + "/" + name, "see /snapshots/" + group));
  }

  private static Response body(Resource resource) {
    if (resource.key().type() == ResourceType.SECRETS) {
      return Response.json(
          Map.of("name", resource.key().name(), "fingerprint", resource.version()));
    }
    return Response.rawJson(ResourceJson.canonical(resource));
  }

  /** What an Envoy of a node, or of a group, does with a request. */
  private Response explain(ImmutableMap<String, String> parameters) {
    Optional<String> node = Optional.ofNullable(parameters.get("node"));
    Optional<String> group =
        node.isPresent()
            ? xds.nodes().stream()
                .filter(candidate -> candidate.id().equals(node.get()))
                .map(found -> found.group().toString())
                .findFirst()
            : Optional.ofNullable(parameters.get("group")).or(this::onlyGroup);
    if (group.isEmpty()) {
      return Response.error(
          node.isPresent() ? 404 : 400,
          node.map(id -> "no Envoy of this id is connected: " + id)
              .orElse("which Envoy? there is not exactly one node group"),
          "give node=ID of /nodes, or group=GROUP of /snapshots");
    }
    AskedRequest request = AskedRequest.of(parameters);
    return find(group.get())
        .map(snapshot ->
            Response.json(
                new Explanation(
                    node,
                    group.get(),
                    request.method(),
                    request.host(),
                    request.path(),
                    new Explainer(snapshot, request).listeners())))
        .orElseGet(() -> noSnapshot(group.get()));
  }

  private Optional<String> onlyGroup() {
    ImmutableList<String> groups = groupNames();
    return groups.size() == 1 ? Optional.of(groups.getFirst()) : Optional.empty();
  }

  private Optional<Snapshot> find(String group) {
    return writer.snapshots().groups().stream()
        .filter(candidate -> candidate.toString().equals(group))
        .findFirst()
        .flatMap(writer.snapshots()::get);
  }

  private static Response noSnapshot(String group) {
    return Response.error(
        404,
        "no Envoy has asked for the group " + group + ", or nothing is served yet",
        "see /snapshots and /readyz");
  }

  private static String readPage() {
    try {
      return Resources.toString(
          Resources.getResource(AdminPages.class, "page.html"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
