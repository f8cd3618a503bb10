package io.convoy.e2e;

import io.convoy.cli.local.Program;
import io.convoy.e2e.MeshCases.Case;
import io.convoy.e2e.MeshCases.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@link MeshCases} as a page. */
final class MeshTable {
  private MeshTable() {}

  static String of(MeshCases cases) {
    List<Case> all = cases.groups().stream().flatMap(group -> group.cases().stream()).toList();
    var text =
        new StringBuilder(
            """
            <!-- Made of control-plane/src/test/resources/mesh-cases.yaml: do not edit. -->

            # Beside Consul's own mesh

            The same services under the same config entries, once behind Envoys that Consul configures (`consul connect envoy
            -ignore-envoy-compatibility`) and once behind Envoys that Convoy does, in one run: Consul %s, Envoy %s, the same binaries. `ConsulMeshIT` asks
            both and fails where an answer is not the one that stands here.

            Of %d cases %d are answered the same. Envoy refused %s of Consul's configuration, which is older than this Envoy; it warns of fields in it that are deprecated.

            An answer is the status (`closed`: the connection was closed without one), then what the case looks at; of many requests, the share of each service or instance in
            percent. The config entries are in [mesh-cases.yaml](../control-plane/src/test/resources/mesh-cases.yaml). Services that a router, splitter or resolver alone makes have names such as `routed`.
            """
                .formatted(
                    Program.CONSUL.version(),
                    Program.ENVOY.version(),
                    all.size(),
                    all.stream().filter(Case::same).count(),
                    cases.refused()));
    text.append("\n## What differs\n\n");
    text.append("| feature | case | Consul | Convoy | why |\n| --- | --- | --- | --- | --- |\n");
    Map<String, List<Case>> byFeature = byFeature(cases);
    byFeature.forEach((feature, some) ->
        some.stream()
            .filter(one -> !one.same())
            .forEach(one ->
                row(
                    text,
                    feature,
                    cell(one.name()),
                    code(one.consul()),
                    code(one.convoy()),
                    cell(one.why()))));
    text.append("\n## All cases\n");
    byFeature.forEach((feature, some) -> {
      text.append("\n### ").append(feature).append("\n\n");
      text.append("| case | asked | Consul | Convoy | same |\n| --- | --- | --- | --- | --- |\n");
      some.forEach(one ->
          row(
              text,
              cell(one.name()),
              code(one.request().toString()),
              code(one.consul()),
              one.same() ? "" : code(one.convoy()),
              one.same() ? "yes" : "**no**"));
    });
    return text.toString();
  }

  private static Map<String, List<Case>> byFeature(MeshCases cases) {
    Map<String, List<Case>> byFeature = new LinkedHashMap<>();
    for (Group group : cases.groups()) {
      byFeature.computeIfAbsent(group.feature(), _ -> new ArrayList<>()).addAll(group.cases());
    }
    return byFeature;
  }

  private static void row(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("*", "\\*");
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|").replace("\n", " ") + "`";
  }
}
