package io.convoy.translation.http;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;

/** Envoy's generic matchers. */
final class Matchers {
  private Matchers() {}

  /** By the whole value of a header, in one step however many values there are. */
  static ExactHeader exactHeader(String header) {
    return new ExactHeader(header);
  }

  /** Whatever the request is. */
  static Matcher always(Message action) {
    return Matcher.newBuilder()
        .setOnNoMatch(Matcher.OnMatch.newBuilder().setAction(extension("always", action)))
        .build();
  }

  /** A map of values to actions that is being filled. */
  static final class ExactHeader {
    private final Matcher.Builder matcher = Matcher.newBuilder();

    private ExactHeader(String header) {
      matcher
          .getMatcherTreeBuilder()
          .setInput(
              extension(
                  header, HttpRequestHeaderMatchInput.newBuilder().setHeaderName(header).build()));
    }

    ExactHeader put(String value, Message action) {
      return put(value, Matcher.OnMatch.newBuilder().setAction(extension(value, action)).build());
    }

    ExactHeader put(String value, Matcher.OnMatch next) {
      matcher.getMatcherTreeBuilder().getExactMatchMapBuilder().putMap(value, next);
      return this;
    }

    /** What happens with another value, or without the header; by default nothing. */
    ExactHeader orElse(Message action) {
      matcher.setOnNoMatch(Matcher.OnMatch.newBuilder().setAction(extension("otherwise", action)));
      return this;
    }

    Matcher build() {
      return matcher.build();
    }
  }

  static TypedExtensionConfig extension(String name, Message config) {
    return TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(Any.pack(config)).build();
  }
}
