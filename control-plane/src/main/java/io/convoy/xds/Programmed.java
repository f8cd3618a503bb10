package io.convoy.xds;

import java.util.Optional;

/**
 * How many Envoys have what a document shapes.
 *
 * @param acked Envoys that acknowledged every resource of the document in its present version
 * @param total connected Envoys that the document concerns
 * @param error an Envoy's words, when one refuses such a resource
 */
public record Programmed(int acked, int total, Optional<String> error) {}
