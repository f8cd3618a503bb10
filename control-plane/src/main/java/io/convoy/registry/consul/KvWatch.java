package io.convoy.registry.consul;

import com.google.common.collect.ImmutableMap;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.registry.RegistryListener;
import io.convoy.registry.consul.Query.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The documents below a prefix in Consul's KV, by one blocking query on the whole folder. */
final class KvWatch implements BlockingQuery.Follower<List<KvEntry>> {
  static final int BLOCKING_QUERIES = 1;
  static final String QUERY = "kv";

  /** Bounds what a steady stream of writes costs: each answer holds the whole folder. */
  private static final Duration GAP = Duration.ofMillis(20);

  private final ConsulHttp http;
  private final String prefix;
  private final PartStatus status;
  private final DocumentDiff documents;

  KvWatch(ConsulRegistry.Context context, PartStatus status, RegistryListener listener) {
    this.http = context.http();
    this.prefix = context.settings().kvPrefix();
    this.status = status;
    this.documents = new DocumentDiff(RawDocument.Source.KV, listener);
  }

  BlockingQuery<List<KvEntry>> query(ConsulRegistry.Context context) {
    Query<List<KvEntry>> query =
        new Query<>(
            QUERY, "kv/" + prefix, ImmutableMap.of("recurse", "true"), true, KvEntry::parseAll);
    return new BlockingQuery<>(query, GAP, this, context);
  }

  @Override
  public void answered(Answer<List<KvEntry>> answer, boolean restarted) throws ConsulFault {
    if (answer.body().isEmpty() && answer.filtered()) {
      checkReadable(http, prefix);
    }
    List<RawDocument> all = new ArrayList<>(answer.body().size());
    for (KvEntry entry : answer.body()) {
      if (!entry.key().endsWith("/")) {
        all.add(document(entry, restarted));
      }
    }
    documents.report(all);
    status.answered(QUERY);
  }

  /**
   * To who may not read it, Consul shows a folder as empty; a single key it refuses (403), or says
   * that there is none.
   */
  static void checkReadable(ConsulHttp http, String prefix) throws ConsulFault {
    http.get(new Query<>(QUERY, "kv/" + prefix, ImmutableMap.of(), true, KvEntry::parseAll));
  }

  @Override
  public void failed(ConsulFault fault) {
    status.failed(QUERY, fault.getMessage());
  }

  /** Decodes what changed only: an index is as good as its content while Consul lives on. */
  private RawDocument document(KvEntry entry, boolean restarted) {
    DocumentId id = id(prefix, entry.key());
    RawDocument known = documents.known(id);
    if (!restarted
        && known != null
        && known.modifyIndex() == entry.modifyIndex()
        && known.createIndex() == entry.createIndex()) {
      return known;
    }
    return new RawDocument(
        RawDocument.Source.KV,
        entry.key(),
        id,
        text(entry.value()),
        entry.createIndex(),
        entry.modifyIndex());
  }

  /**
   * {@code prefix/KIND/NAME}; a name with a slash, or none, is for the documents' checks to refuse.
   */
  static DocumentId id(String prefix, String key) {
    String rest = key.substring(Math.min(prefix.length(), key.length()));
    int slash = rest.indexOf('/');
    return slash < 0
        ? new DocumentId(rest, "")
        : new DocumentId(rest.substring(0, slash), rest.substring(slash + 1));
  }

  /** Bytes that are not UTF-8 become U+FFFD. */
  private static String text(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "\uFFFD";
    }
  }
}
