package io.convoy.registry.consul;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import io.convoy.policy.DocumentId;
import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.ConsulException;
import org.kiwiproject.consul.KeyValueClient;
import org.kiwiproject.consul.model.kv.ImmutableOperation;
import org.kiwiproject.consul.model.kv.Operation;
import org.kiwiproject.consul.model.kv.Value;
import org.kiwiproject.consul.model.kv.Verb;

/**
 * Reads and writes documents in Consul's KV for people's commands: one request after the other,
 * nothing is tried again. Not thread-safe.
 */
public final class KvWriter implements AutoCloseable {
  /** Consul takes 128 operations in a transaction since 1.19, and 64 before. */
  private static final int OPERATIONS = 64;

  private static final int CONFLICT = 409;

  private final ConsulSettings settings;
  private final Consul consul;
  private final KeyValueClient kv;

  /** A document as it stands in KV. */
  public record Stored(DocumentId id, String text, long modifyIndex) {}

  /**
   * What is to be written.
   *
   * @param text empty deletes
   * @param modifyIndex the document's as it was read; 0 when there must be none. The change is
   *     refused when it is another by now
   */
  public record Change(DocumentId id, Optional<String> text, long modifyIndex) {}

  /**
   * What was written: everything, unless there is a conflict.
   *
   * @param written in the order of the changes; those after a conflict, and up to 63 before it, are
   *     not
   * @param conflict why the first transaction that was refused was; empty when none was
   */
  public record Outcome(ImmutableList<DocumentId> written, Optional<String> conflict) {}

  /** Consul did not do as it was asked; one line for people. */
  public static final class Failed extends Exception {
    Failed(String message) {
      super(message, null, false, false);
    }
  }

  public KvWriter(ConsulSettings settings) throws Failed {
    this.settings = settings;
    URI address = settings.addresses().getFirst();
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
      throw new Failed(fault.getMessage());
    }
    this.consul = builder.build();
    this.kv = consul.keyValueClient();
  }

  /** All documents, sorted by key. */
  public ImmutableList<Stored> list() throws Failed {
    return ask(() -> kv.getValues(settings.kvPrefix())).stream()
        .filter(value -> !value.getKey().endsWith("/"))
        .map(this::stored)
        .collect(ImmutableList.toImmutableList());
  }

  public Optional<Stored> get(DocumentId id) throws Failed {
    return ask(() -> kv.getValue(key(id))).map(this::stored);
  }

  /** Writes all changes, up to 64 at a time; of each 64 all or none. */
  public Outcome write(List<Change> changes) throws Failed {
    ImmutableList.Builder<DocumentId> written = ImmutableList.builder();
    for (List<Change> together : Lists.partition(changes, OPERATIONS)) {
      Operation[] operations = together.stream().map(this::operation).toArray(Operation[]::new);
      try {
        ask(() -> kv.performTransaction(operations));
      } catch (Conflict conflict) {
        return new Outcome(written.build(), Optional.of(conflict.getMessage()));
      }
      together.forEach(change -> written.add(change.id()));
    }
    return new Outcome(written.build(), Optional.empty());
  }

  @Override
  public void close() {
    consul.destroy();
  }

  private Operation operation(Change change) {
    Verb verb = change.text().isPresent() ? Verb.CHECK_AND_SET : Verb.DELETE_CHECK_AND_SET;
    return ImmutableOperation.builder()
        .verb(verb.toValue())
        .key(key(change.id()))
        .value(change.text())
        .index(BigInteger.valueOf(change.modifyIndex()))
        .build();
  }

  private String key(DocumentId id) {
    return settings.kvPrefix() + id.kind() + "/" + id.name();
  }

  private Stored stored(Value value) {
    return new Stored(
        KvWatch.id(settings.kvPrefix(), value.getKey()),
        value.getValueAsString(UTF_8).orElse(""),
        value.getModifyIndex());
  }

  private interface Question<T> {
    T ask();
  }

  private static final class Conflict extends RuntimeException {
    Conflict(String message) {
      super(message, null, false, false);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  private <T> T ask(Question<T> question) throws Failed {
    try {
      return question.ask();
    } catch (ConsulException e) {
      if (e.getCode() == CONFLICT) {
        throw new Conflict("changed meanwhile: " + e.getMessage());
      }
      Throwable cause = e.getCause();
      throw new Failed(
          "%s: %s%s"
              .formatted(
                  settings.addresses().getFirst(),
                  e.getMessage(),
                  cause == null ? "" : " (" + cause.getMessage() + ")"));
    }
  }
}
