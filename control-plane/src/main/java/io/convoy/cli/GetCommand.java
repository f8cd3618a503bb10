package io.convoy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.convoy.policy.DocumentId;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.RawDocument;
import io.convoy.registry.consul.KvWriter;
import io.convoy.registry.consul.KvWriter.Stored;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the documents in Consul's KV, in a form that {@code apply} takes. */
@Command(
    name = "get",
    description = "Prints the documents in Consul's KV: all, those of a kind, or one.",
    mixinStandardHelpOptions = true)
final class GetCommand implements Callable<Integer> {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  enum Output {
    yaml,
    json,
    name
  }

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ConsulFlags consul = new ConsulFlags();

  @Option(
      names = "--output",
      description =
          "What is printed: ${COMPLETION-CANDIDATES}. yaml: each as it was written, --- between"
              + " them; name: KIND/NAME only (default: yaml).")
  private Output output = Output.yaml;

  @Option(
      names = "--show-secrets",
      description = "Prints secrets, too; otherwise a fingerprint stands in the place of each.")
  private boolean showSecrets;

  @Parameters(index = "0", arity = "0..1", paramLabel = "KIND", description = "Only this kind.")
  private String kind = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Only this one.")
  private String name = "";

  @Override
  public Integer call() {
    CommandLine command = Objects.requireNonNull(spec).commandLine();
    List<Stored> documents;
    try (KvWriter kv = new KvWriter(consul.settings(command))) {
      documents = name.isEmpty() ? ofKind(kv) : List.of(one(kv, new DocumentId(kind, name)));
    } catch (KvWriter.Failed e) {
      throw new FailedException(String.valueOf(e.getMessage()));
    }
    PrintWriter out = command.getOut();
    switch (output) {
      case name -> documents.forEach(stored -> out.println(stored.id()));
      case json ->
          out.println(
              json(
                  name.isEmpty()
                      ? documents.stream().map(this::contents).toList()
                      : contents(documents.getFirst())));
      case yaml ->
          out.print(documents.stream().map(this::yaml).collect(Collectors.joining("---\n")));
    }
    out.flush();
    return ExitCode.OK;
  }

  private List<Stored> ofKind(KvWriter kv) throws KvWriter.Failed {
    return kv.list().stream()
        .filter(stored -> kind.isEmpty() || stored.id().kind().equals(kind))
        .toList();
  }

  private static Stored one(KvWriter kv, DocumentId id) throws KvWriter.Failed {
    return kv.get(id)
        .orElseThrow(() ->
            new FailedException(id + " is not in KV; convoy get --output name lists what is"));
  }

  /** As it was written, where that says what it is; a key in KV says so, too. */
  private String yaml(Stored stored) {
    if (!showSecrets && DocumentParser.holdsSecret(raw(stored))) {
      Object shown = contents(stored);
      return (shown instanceof Map<?, ?> ? json(shown) : shown) + "\n";
    }
    boolean complete =
        !(parsed(stored) instanceof Map<?, ?> fields) || contents(stored).equals(fields);
    return (complete ? stored.text().stripTrailing() : json(contents(stored))) + "\n";
  }

  /** Its fields, with what its key says; its text where that cannot be read. */
  private Object contents(Stored stored) {
    if (!(parsed(stored) instanceof Map<?, ?> fields)) {
      return parsed(stored);
    }
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    if (!fields.containsKey("kind")) {
      all.put("Kind", stored.id().kind());
    }
    if (!fields.containsKey("name")) {
      all.put("Name", stored.id().name());
    }
    fields.forEach((key, value) -> all.put(String.valueOf(key), value));
    return all;
  }

  private Object parsed(Stored stored) {
    RawDocument raw = raw(stored);
    return showSecrets ? DocumentParser.contents(raw) : DocumentParser.shown(raw);
  }

  private static RawDocument raw(Stored stored) {
    return new RawDocument(
        RawDocument.Source.KV,
        stored.id().toString(),
        stored.id(),
        stored.text(),
        stored.createIndex(),
        stored.modifyIndex());
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
