package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.convoy.policy.Compression;
import io.convoy.policy.Compression.Algorithm;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.compression.brotli.compressor.v3.Brotli;
import io.envoyproxy.envoy.extensions.compression.gzip.compressor.v3.Gzip;
import io.envoyproxy.envoy.extensions.compression.zstd.compressor.v3.Zstd;
import io.envoyproxy.envoy.extensions.filters.http.compressor.v3.Compressor;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.Locale;

/**
 * Envoy's compressors, one for each algorithm.
 *
 * <p>A compressor's content types and least length stand in the listener: per route it can only be
 * switched off. So the listener has an empty place for each algorithm, a composite filter, and a
 * route brings the whole compressor with it. They hold no state, so that nothing is lost when
 * routes change.
 */
public final class Compressors {
  private Compressors() {}

  /** One place for each algorithm; nothing is in it until a route says what. */
  static ImmutableList<HttpFilter> filters() {
    var filters = ImmutableList.<HttpFilter>builder();
    for (Algorithm algorithm : Algorithm.values()) {
      filters.add(Composites.filter(name(algorithm)));
    }
    return filters.build();
  }

  /** What goes into the places, by their names; none where nothing is to be compressed. */
  public static ImmutableSortedMap<String, Any> perRoute(Compression compression) {
    var configs = ImmutableSortedMap.<String, Any>naturalOrder();
    ImmutableList<Algorithm> algorithms = compression.algorithms();
    for (int i = 0; i < algorithms.size(); i++) {
      Algorithm algorithm = algorithms.get(i);
      configs.put(
          name(algorithm),
          Composites.perRoute(label(algorithm), compressor(compression, algorithm, i == 0)));
    }
    return configs.buildOrThrow();
  }

  private static Compressor compressor(
      Compression compression, Algorithm algorithm, boolean first) {
    var common =
        Compressor.CommonDirectionConfig.newBuilder()
            .setMinContentLength(UInt32Value.of(compression.minContentLength()))
            .addAllContentType(compression.contentTypes());
    return Compressor.newBuilder()
        .setResponseDirectionConfig(
            Compressor.ResponseDirectionConfig.newBuilder().setCommonConfig(common))
        .setCompressorLibrary(
            TypedExtensionConfig.newBuilder()
                .setName(label(algorithm))
                .setTypedConfig(Any.pack(library(algorithm))))
        .setChooseFirst(first)
        .build();
  }

  private static Message library(Algorithm algorithm) {
    return switch (algorithm) {
      case ZSTD -> Zstd.getDefaultInstance();
      case BROTLI -> Brotli.getDefaultInstance();
      case GZIP -> Gzip.getDefaultInstance();
    };
  }

  private static String name(Algorithm algorithm) {
    return "convoy.compressor." + label(algorithm);
  }

  private static String label(Algorithm algorithm) {
    return algorithm.name().toLowerCase(Locale.ROOT);
  }
}
