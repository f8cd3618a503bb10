package io.convoy.policy;

/**
 * One thing that is or is not so about a document, as the admin shows it.
 *
 * @param status whether it is so
 * @param message one line for people; empty when the reason says it all
 */
public record Condition(Type type, boolean status, Reason reason, String message) {

  /** What a condition is about. */
  public enum Type {
    /** The document was parsed and is valid. */
    ACCEPTED("Accepted"),
    /** What the document names exists. */
    RESOLVED_REFS("ResolvedRefs"),
    /** Every Envoy that the document is for has acknowledged it. */
    PROGRAMMED("Programmed");

    private final String label;

    Type(String label) {
      this.label = label;
    }

    /** The type's name in the admin's answers. */
    public String label() {
      return label;
    }
  }

  /** Why a condition is or is not so. */
  public enum Reason {
    /** Accepted: the document is valid. */
    ACCEPTED("Accepted"),
    /** Not accepted: the document is malformed, or a field has a wrong value. */
    INVALID("Invalid"),
    /** Not accepted: Convoy does not know the kind. */
    UNKNOWN_KIND("UnknownKind"),
    /** Everything that the document names exists. */
    RESOLVED("ResolvedRefs"),
    /** The document names something that does not exist. */
    REF_NOT_FOUND("RefNotFound"),
    /** Every Envoy that the document is for has acknowledged it. */
    PROGRAMMED("Programmed"),
    /** Some Envoy has not acknowledged it yet. */
    PENDING("Pending"),
    /** An Envoy has rejected what the document became. */
    REJECTED("Rejected");

    private final String code;

    Reason(String code) {
      this.code = code;
    }

    /** The reason's code in the admin's answers. */
    public String code() {
      return code;
    }
  }
}
