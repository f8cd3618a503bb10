package io.convoy.policy;

import com.google.common.collect.ImmutableList;

/**
 * Compresses responses for clients that accept it.
 *
 * @param algorithms the best liked first; empty: nothing is compressed
 * @param contentTypes empty for Envoy's own list
 * @param minContentLength in bytes, above 0
 */
public record Compression(
    ImmutableList<Algorithm> algorithms, ImmutableList<String> contentTypes, int minContentLength) {

  public enum Algorithm {
    ZSTD,
    BROTLI,
    GZIP
  }
}
