package io.convoy.policy;

/**
 * A document as its source holds it: not parsed, perhaps not even well formed.
 *
 * @param source which source it comes from; decides how strictly it is read
 * @param location where a person finds it: a KV key, a file with its line, a config entry's path
 * @param id what the location says that the document is; the text may not contradict it
 * @param text YAML or JSON
 * @param createIndex the source's order of creation: the lower is the older (Consul's {@code
 *     CreateIndex})
 * @param modifyIndex changes whenever the text may have changed (Consul's {@code ModifyIndex})
 */
public record RawDocument(
    Source source,
    String location,
    DocumentId id,
    String text,
    long createIndex,
    long modifyIndex) {

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
