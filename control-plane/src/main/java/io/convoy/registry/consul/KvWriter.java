package io.convoy.registry.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.escape.Escaper;
import com.google.common.net.UrlEscapers;
import io.convoy.policy.DocumentId;
import io.convoy.registry.consul.ConsulFault.Reason;
import io.convoy.registry.consul.Query.Answer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.ConsulException;
import org.kiwiproject.consul.model.kv.ImmutableOperation;
import org.kiwiproject.consul.model.kv.Operation;
import org.kiwiproject.consul.model.kv.Verb;
import org.kiwiproject.consul.option.ImmutableTransactionOptions;

/**
 * Reads and writes documents in Consul's KV for people's commands: one request after the other. A
 * read is tried at every address; nothing is written twice. Not thread-safe.
 */
public final class KvWriter implements AutoCloseable {
  /** Consul takes 128 operations in a transaction since 1.19, and 64 before. */
  static final int OPERATIONS = 64;

  /** Consul takes 512 KiB in a transaction (its {@code txn_max_req_len}), in Base64. */
  private static final int BYTES = 320 * 1024;

  private static final int CONFLICT = 409;
  private static final Pattern OPERATION = Pattern.compile("\"OpIndex\":\\s*([0-9]+)");
  private static final Pattern WHAT = Pattern.compile("\"What\":\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern CLIENTS_WORDS =
      Pattern.compile("^Consul request (to \\[[^]]*] )?failed with status \\[[0-9]+]: ");
  private static final Escaper PATH = UrlEscapers.urlPathSegmentEscaper();

  private final ConsulSettings settings;
  private final ConsulHttp http;

  /** A document as it stands in KV. */
  public record Stored(DocumentId id, String text, long createIndex, long modifyIndex) {}

  /**
   * What is to be written.
   *
   * @param text empty deletes
   * @param modifyIndex the document's as it was read; 0 when there must be none. The change is
   *     refused when it is another by now. Empty writes over whatever is there
   */
  public record Change(DocumentId id, Optional<String> text, Optional<Long> modifyIndex) {}

  /**
   * What was written: everything, unless there is a conflict.
   *
   * @param written in the order of the changes; those after a conflict, and those in the same
   *     transaction before it (up to 63), are not
   * @param conflict the first document that was changed by somebody else; empty when none was
   */
  public record Outcome(ImmutableList<DocumentId> written, Optional<DocumentId> conflict) {}

  /** Consul did not do as it was asked; one line for people. */
  public static final class Failed extends Exception {
    Failed(ConsulFault fault) {
      super(fault.getMessage(), null, false, false);
    }
  }

  /**
   * @throws Failed when a certificate, a key or the token's file cannot be read
   */
  public KvWriter(ConsulSettings settings) throws Failed {
    this.settings = settings;
    try {
      this.http = new ConsulHttp(settings, new ConsulMetrics(new CompositeMeterRegistry()));
    } catch (ConsulFault fault) {
      throw new Failed(fault);
    }
  }

  /** All documents, sorted by key. */
  public ImmutableList<Stored> list() throws Failed {
    return read(settings.kvPrefix(), ImmutableMap.of("recurse", "true"));
  }

  public Optional<Stored> get(DocumentId id) throws Failed {
    String path = settings.kvPrefix() + PATH.escape(id.kind()) + "/" + PATH.escape(id.name());
    return read(path, ImmutableMap.of()).stream().findFirst();
  }

  private ImmutableList<Stored> read(String path, ImmutableMap<String, String> parameters)
      throws Failed {
    var query = new Query<>(KvWatch.QUERY, "kv/" + path, parameters, true, KvEntry::parseAll);
    for (int left = settings.addresses().size(); ; left--) {
      try {
        Answer<List<KvEntry>> answer = http.get(query);
        if (answer.body().isEmpty() && answer.filtered()) {
          KvWatch.checkReadable(http, settings.kvPrefix());
        }
        return answer.body().stream()
            .filter(entry -> !entry.key().endsWith("/"))
            .map(this::stored)
            .collect(ImmutableList.toImmutableList());
      } catch (ConsulFault fault) {
        if (left <= 1 || fault.reason() == Reason.FORBIDDEN) {
          throw new Failed(fault);
        }
      }
    }
  }

  /** Writes all changes, up to 64 at a time; of these all or none. */
  public Outcome write(List<Change> changes) throws Failed {
    ImmutableList.Builder<DocumentId> written = ImmutableList.builder();
    if (changes.isEmpty()) {
      return new Outcome(written.build(), Optional.empty());
    }
    URI address = http.address();
    Consul client = client(address);
    try {
      for (List<Change> together : transactions(changes)) {
        Optional<DocumentId> conflict = write(client, address, together);
        if (conflict.isPresent()) {
          return new Outcome(written.build(), conflict);
        }
        together.forEach(change -> written.add(change.id()));
      }
    } catch (ConsulFault fault) {
      throw new Failed(fault);
    } finally {
      client.destroy();
    }
    return new Outcome(written.build(), Optional.empty());
  }

  private Optional<DocumentId> write(Consul client, URI address, List<Change> changes)
      throws ConsulFault {
    Operation[] operations = changes.stream().map(this::operation).toArray(Operation[]::new);
    var options = ImmutableTransactionOptions.builder();
    if (!settings.datacenter().isEmpty()) {
      options.datacenter(settings.datacenter());
    }
    try {
      client.keyValueClient().performTransaction(options.build(), operations);
      return Optional.empty();
    } catch (ConsulException e) {
      if (e.hasCode() && e.getCode() == CONFLICT && conflicting(e).isPresent()) {
        return Optional.of(changes.get(conflicting(e).get()).id());
      }
      throw fault(address, e);
    }
  }

  /** Which operation of a transaction was the first that Consul would not do. */
  private static Optional<Integer> conflicting(ConsulException e) {
    String words = String.valueOf(e.getMessage());
    Matcher operation = OPERATION.matcher(words);
    return words.contains("index is stale") && operation.find()
        ? Optional.of(Integer.valueOf(operation.group(1)))
        : Optional.empty();
  }

  /** In the words that following Consul has for the same. */
  private ConsulFault fault(URI address, ConsulException e) {
    if (e.hasCode()) {
      String words = CLIENTS_WORDS.matcher(String.valueOf(e.getMessage())).replaceFirst("");
      Matcher what = WHAT.matcher(words);
      String reason = (what.find() ? what.group(1).replace("\\\"", "\"") : words);
      // Of a transaction, Consul answers 409 whatever the reason.
      int code = reason.startsWith("Permission denied") ? 403 : e.getCode();
      return ConsulHttp.refused(
          address, "txn", "write", code, false, reason.replaceAll("[\\p{Cntrl}\\s]+", " "));
    }
    return e.getCause() instanceof IOException broken
        ? ConsulHttp.fault(address, "txn", settings.hangTimeout(), broken)
        : new ConsulFault(Reason.SERVER_ERROR, address + ": " + e.getMessage());
  }

  /** Every transaction takes at least one change, whatever its size: Consul says what it takes. */
  private static List<List<Change>> transactions(List<Change> changes) {
    List<List<Change>> transactions = new ArrayList<>();
    List<Change> current = new ArrayList<>();
    int bytes = 0;
    for (Change change : changes) {
      int more = change.text().map(text -> text.getBytes(UTF_8).length).orElse(0);
      if (!current.isEmpty() && (current.size() == OPERATIONS || bytes + more > BYTES)) {
        transactions.add(current);
        current = new ArrayList<>();
        bytes = 0;
      }
      current.add(change);
      bytes += more;
    }
    transactions.add(current);
    return transactions;
  }

  private Consul client(URI address) throws Failed {
    int millis = Math.toIntExact(settings.hangTimeout().toMillis());
    var builder =
        Consul.builder()
            .withUrl(address.toString())
            .withPing(false)
            .withConnectTimeoutMillis(millis)
            .withReadTimeoutMillis(millis)
            .withWriteTimeoutMillis(millis);
    try {
      new ConsulToken(settings.token())
          .current()
          .ifPresent(token -> builder.withHeaders(Map.of("X-Consul-Token", token)));
      ConsulTls.context(settings.tls())
          .ifPresent(tls -> builder.withSslContext(tls.context()).withTrustManager(tls.trust()));
    } catch (ConsulFault fault) {
      throw new Failed(fault);
    }
    return builder.build();
  }

  @Override
  public void close() {
    http.close();
  }

  private Operation operation(Change change) {
    boolean checked = change.modifyIndex().isPresent();
    Verb verb =
        change.text().isPresent()
            ? checked ? Verb.CHECK_AND_SET : Verb.SET
            : checked ? Verb.DELETE_CHECK_AND_SET : Verb.DELETE;
    return ImmutableOperation.builder()
        .verb(verb.toValue())
        .key(settings.kvPrefix() + change.id().kind() + "/" + change.id().name())
        .value(change.text())
        .index(change.modifyIndex().map(BigInteger::valueOf))
        .build();
  }

  private Stored stored(KvEntry entry) {
    return new Stored(
        KvWatch.id(settings.kvPrefix(), entry.key()),
        new String(Base64.getDecoder().decode(entry.value()), UTF_8),
        entry.createIndex(),
        entry.modifyIndex());
  }
}
