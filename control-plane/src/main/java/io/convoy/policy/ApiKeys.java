package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * Keys of clients, and where requests have them.
 *
 * @param credentials each key once; never empty
 * @param sources never empty; the first that holds anything counts
 * @param forwardClientIdHeader in lower case
 */
public record ApiKeys(
    ImmutableList<Credential> credentials,
    ImmutableList<Source> sources,
    Optional<String> forwardClientIdHeader) {

  /** {@code key}: a secret, so that it is not shown. */
  public record Credential(String client, String key) {
    @Override
    public String toString() {
      return "Credential[client=" + client + "]";
    }
  }

  /** A place of a request. */
  public sealed interface Source {
    /** {@code name}: in lower case. */
    record Header(String name) implements Source {}

    record Query(String name) implements Source {}

    record Cookie(String name) implements Source {}
  }
}
