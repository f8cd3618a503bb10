package io.convoy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what an Envoy does with a request, without sending one. */
@Command(
    name = "explain",
    description =
        "Says what an Envoy does with a request, by what Convoy told it: the route, what acts on the way, where it"
            + " goes, and why other routes do not take it. Nothing is sent.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  enum Output {
    text,
    json
  }

  @Spec private @Nullable CommandSpec spec;
  @Mixin private AdminFlags admin = new AdminFlags();

  @Option(
      names = "--node",
      paramLabel = "ID",
      description = "The Envoy's node.id (default: where all Envoys are told the same, any).")
  private String node = "";

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      description = "A node group in place of a node, such as gateway:gateway.")
  private String group = "";

  @Option(
      names = {"-X", "--method"},
      paramLabel = "METHOD",
      description = "The request's method (default: GET).")
  private String method = "GET";

  @Option(
      names = {"-H", "--header"},
      paramLabel = "NAME: VALUE",
      description = "A header of the request; may be repeated.")
  private List<String> headers = List.of();

  @Option(
      names = "--output",
      description = "What is printed: ${COMPLETION-CANDIDATES} (default: text).")
  private Output output = Output.text;

  @Parameters(
      index = "0",
      paramLabel = "URL",
      description = "As a client would give it: http://shop.test/user/7, or /user/7 for any host.")
  private String url = "";

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    JsonNode answer = admin.get("/explain?" + query(command));
    PrintWriter out = command.getOut();
    switch (output) {
      case json -> out.println(answer.toPrettyString());
      case text -> {
        out.println(
            "%s %s%s at %s"
                .formatted(
                    answer.path("method").asText(),
                    answer.path("host").asText(),
                    answer.path("path").asText(),
                    answer.path("node").asText(answer.path("group").asText())));
        answer.path("listeners").forEach(listener -> print(listener, out));
      }
    }
    out.flush();
    return ExitCode.OK;
  }

  private String query(CommandLine command) {
    URI uri;
    try {
      uri = URI.create(url.contains("://") || url.startsWith("/") ? url : "http://" + url);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          command, "URL: had %s, expected http://HOST/PATH or /PATH".formatted(url), e);
    }
    String path = Optional.ofNullable(uri.getRawPath()).filter(p -> !p.isEmpty()).orElse("/");
    String query = Optional.ofNullable(uri.getRawQuery()).map("?"::concat).orElse("");
    var parameters = new StringBuilder();
    add(parameters, "node", node);
    add(parameters, "group", group);
    add(parameters, "method", method);
    add(parameters, "host", Optional.ofNullable(uri.getHost()).orElse(""));
    add(parameters, "path", path + query);
    add(parameters, "headers", String.join("\n", headers));
    return parameters.toString();
  }

  private static void add(StringBuilder parameters, String name, String value) {
    if (!value.isEmpty()) {
      parameters
          .append(parameters.isEmpty() ? "" : "&")
          .append(name)
          .append('=')
          .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  private static void print(JsonNode listener, PrintWriter out) {
    out.println(
        "%s on %s: %s"
            .formatted(
                listener.path("listener").asText(),
                listener.path("address").asText(),
                listener.path("outcome").asText()));
    line(out, "virtual host", listener.path("virtualHost"));
    line(out, "route", listener.path("route"));
    line(out, "the service sees", listener.path("path"));
    listener
        .path("clusters")
        .forEach(cluster ->
            out.println(
                "  %.4g %% to %s: %d healthy, %d unhealthy, %d draining"
                    .formatted(
                        cluster.path("percent").asDouble(),
                        cluster.path("cluster").asText(),
                        cluster.path("healthy").asInt(),
                        cluster.path("unhealthy").asInt(),
                        cluster.path("draining").asInt())));
    listener.path("policies").forEach(policy -> out.println("  " + acting(policy)));
    listener.path("passedOver").forEach(why -> out.println("  passed over " + why.asText()));
  }

  private static void line(PrintWriter out, String what, JsonNode value) {
    if (!value.isMissingNode()) {
      out.println("  " + what + ": " + value.asText());
    }
  }

  private static String acting(JsonNode policy) {
    var documents = new StringBuilder();
    policy
        .path("documents")
        .forEach(id -> documents.append(documents.isEmpty() ? "" : ", ").append(id.asText()));
    JsonNode issuer = policy.path("issuer");
    return "passes %s%s%s"
        .formatted(
            documents.isEmpty() ? "an empty slot" : documents,
            " (" + policy.path("slot").asText() + ")",
            issuer.isMissingNode() ? "" : " with a token of " + issuer.asText());
  }
}
