package io.convoy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The outcome of {@code validate} for programs. */
final class ValidationJson {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ValidationJson() {}

  static String of(ValidateCommand.Outcome outcome) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("valid", outcome.findings().size() - outcome.refused());
    json.put("refused", outcome.refused());
    json.put("documents", outcome.findings().stream().map(ValidationJson::of).toList());
    Map<String, Object> envoy = new LinkedHashMap<>();
    envoy.put("asked", outcome.skipped().isEmpty());
    outcome.skipped().ifPresent(why -> envoy.put("why", why));
    envoy.put("refusals", outcome.byEnvoy());
    json.put("envoy", envoy);
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> of(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", finding.document().id().kind());
    json.put("name", finding.document().id().name());
    json.put("file", finding.document().location());
    json.put("line", finding.document().line());
    json.put("accepted", !finding.refused());
    json.put("problem", finding.problem());
    json.put("warnings", finding.warnings());
    json.put("unresolved", List.copyOf(finding.unresolved()));
    return json;
  }
}
