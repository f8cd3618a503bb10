package io.convoy.policy;

/**
 * A document as its source holds it: not parsed, perhaps not even well formed.
 *
 * @param source which source it comes from; decides how strictly it is read
 * @param location where a person finds it: a KV key, a file, a config entry's path
 * @param line the line of that place on which {@code text} begins; 1 but for files of several
 *     documents
 * @param id what the location says that the document is; the text may not contradict it
 * @param text YAML or JSON
 * @param createIndex the source's order of creation: the lower is the older (Consul's {@code
 *     CreateIndex})
 * @param modifyIndex changes whenever the text may have changed (Consul's {@code ModifyIndex})
 */
public record RawDocument(
    Source source,
    String location,
    int line,
    DocumentId id,
    String text,
    long createIndex,
    long modifyIndex) {

  /** The kind of a document whose text does not say, in a readable way, what it is. */
  public static final String INVALID = "invalid";

  /** A document that is all that its location holds. */
  public RawDocument(
      Source source,
      String location,
      DocumentId id,
      String text,
      long createIndex,
      long modifyIndex) {
    this(source, location, 1, id, text, createIndex, modifyIndex);
  }

  /** The same with another text. */
  public RawDocument withText(String other) {
    return new RawDocument(source, location, line, id, other, createIndex, modifyIndex);
  }

  /** Without the text, which may hold secrets. */
  @Override
  public String toString() {
    return id + " at " + location + ":" + line;
  }

  /** The identity of a document that does not say what it is: the place where it stands. */
  static DocumentId unreadable(String location, int line) {
    return new DocumentId(INVALID, location + ":" + line);
  }

  /**
   * Where documents come from, in order of precedence: the first of two that name the same document
   * wins.
   */
  public enum Source {
    KV("kv"),
    FILE("file"),
    CONFIG_ENTRY("config-entry");

    private final String label;

    Source(String label) {
      this.label = label;
    }

    /** The source's name in the admin's answers. */
    public String label() {
      return label;
    }
  }
}
