package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;

/** Which tokens a request must have, and which of their claims become headers. */
public record JwtAuthentication(
    Requirement requirement, ImmutableList<ClaimToHeader> claimsToHeaders) {

  /** {@code claim}: dots lead into nested ones; {@code header}: in lower case. */
  public record ClaimToHeader(String claim, String header) {}

  /** What is required of a request's tokens. */
  public sealed interface Requirement {
    /** A token of this {@code jwt-provider}, which may not exist. */
    record Provider(String name) implements Requirement {}

    /** One is enough; never empty. */
    record Any(ImmutableList<Requirement> of) implements Requirement {}

    /** All at once; never empty. */
    record All(ImmutableList<Requirement> of) implements Requirement {}

    /** No token at all; only inside of {@link Any}. */
    record Missing() implements Requirement {}

    /** No token or a bad one; only inside of {@link Any}. */
    record MissingOrFailed() implements Requirement {}

    /** How many tokens are verified at once. */
    default int tokens() {
      return switch (this) {
        case Provider provider -> 1;
        case Any any -> any.of().stream().mapToInt(Requirement::tokens).max().orElse(0);
        case All all -> all.of().stream().mapToInt(Requirement::tokens).sum();
        case Missing missing -> 0;
        case MissingOrFailed missing -> 0;
      };
    }
  }

  /** The names of all providers, in the order of the document. */
  public ImmutableSet<String> providers() {
    var names = ImmutableSet.<String>builder();
    collect(requirement, names);
    return names.build();
  }

  private static void collect(Requirement requirement, ImmutableSet.Builder<String> names) {
    switch (requirement) {
      case Requirement.Provider provider -> names.add(provider.name());
      case Requirement.Any any -> any.of().forEach(one -> collect(one, names));
      case Requirement.All all -> all.of().forEach(one -> collect(one, names));
      case Requirement.Missing missing -> {}
      case Requirement.MissingOrFailed missing -> {}
    }
  }
}
