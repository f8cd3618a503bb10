package io.convoy.xds;

import java.util.Optional;

/**
 * How many Envoys have what a document shapes.
 *
 * @param acked Envoys that acknowledged every resource of the document in its present version
 * @param total connected Envoys that the document concerns
 * @param error an Envoy's words, when one refuses such a resource
 */
public record Programmed(int acked, int total, Optional<String> error) {
  /** No connected Envoy is concerned. */
  public static final Programmed NOBODY = new Programmed(0, 0, Optional.empty());

  Programmed plus(Programmed other) {
    return new Programmed(
        acked + other.acked, total + other.total, error.isPresent() ? error : other.error);
  }
}
