package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.RawDocument;
import io.convoy.policy.ServiceIntentions;
import io.convoy.registry.RegistryListener;
import io.convoy.registry.consul.ConsulFault.Reason;
import io.convoy.registry.consul.Query.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Consul's config entries of one kind, by one blocking query. */
final class ConfigEntryWatch implements BlockingQuery.Follower<List<RawDocument>> {
  private static final Logger log = LoggerFactory.getLogger(ConfigEntryWatch.class);

  /** The kinds that are followed; each costs a connection. */
  static final ImmutableSet<String> KINDS = DocumentParser.consulKinds();

  private static final Duration GAP = Duration.ofMillis(10);
  private static final JsonMapper MAPPER =
      JsonMapper.builder(ConsulJson.FACTORY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final String kind;
  private final PartStatus status;
  private final DocumentDiff documents;
  private final boolean hasToken;
  private boolean toldUnknown;

  /** {@code hasToken}: whether the questions bear one. */
  ConfigEntryWatch(String kind, boolean hasToken, PartStatus status, RegistryListener listener) {
    this.hasToken = hasToken;
    this.kind = kind;
    this.status = status;
    this.documents = new DocumentDiff(RawDocument.Source.CONFIG_ENTRY, listener);
  }

  static String queryName(String kind) {
    return "config-" + kind;
  }

  BlockingQuery<List<RawDocument>> query(ConsulRegistry.Context context) {
    return new BlockingQuery<>(
        Query.of(queryName(kind), "config/" + kind, this::parse), GAP, this, context);
  }

  @Override
  public void answered(Answer<List<RawDocument>> answer, boolean restarted) throws ConsulFault {
    // Without a token Consul does not tell whether anything is missing.
    if (answer.filtered() && hasToken && kind.equals(ServiceIntentions.KIND)) {
      // Whom one denies that is not seen would be let in.
      throw new ConsulFault(
          Reason.FORBIDDEN,
          "consul: the token may not read every service-intentions: it needs service_prefix \"\" { policy = \"read\" }");
    }
    if (answer.body().isEmpty() && answer.filtered() && !documents.isEmpty()) {
      throw new ConsulFault(
          Reason.FORBIDDEN,
          "consul: the token may no longer read any %s: it needs service_prefix \"\" { policy = \"read\" }"
              .formatted(kind));
    }
    documents.report(answer.body());
    status.answered(queryName(kind));
  }

  @Override
  public void failed(ConsulFault fault) {
    if (fault.reason() == Reason.NOT_SUPPORTED && documents.isEmpty()) {
      if (!toldUnknown) {
        log.info("Consul has no config entries of kind {} ({})", kind, fault.getMessage());
        toldUnknown = true;
      }
      status.answered(queryName(kind));
    } else {
      status.failed(queryName(kind), fault.getMessage());
    }
  }

  private List<RawDocument> parse(InputStream body) throws IOException {
    List<RawDocument> entries = new ArrayList<>();
    try (JsonParser json = ConsulJson.parser(body)) {
      ConsulJson.eachOf(json, () -> entries.add(document(MAPPER.readTree(json))));
    }
    return entries;
  }

  private RawDocument document(JsonNode entry) {
    String name = entry.path("Name").asText();
    return new RawDocument(
        RawDocument.Source.CONFIG_ENTRY,
        "config/" + kind + "/" + name,
        new DocumentId(kind, name),
        entry.toString(),
        entry.path("CreateIndex").asLong(),
        entry.path("ModifyIndex").asLong());
  }
}
