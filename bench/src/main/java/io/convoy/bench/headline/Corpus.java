package io.convoy.bench.headline;

import com.google.protobuf.ByteString;
import io.convoy.bench.dataplane.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Services, providers of tokens, and for each service and provider a limit. The text of a limit's
 * refusal says which limit it is and which of its writes: it can be read in what an Envoy holds.
 * Immutable.
 */
record Corpus(int services, List<Tokens> providers) {
  /** Beside the limits that change: one that never does, and that a few requests use up. */
  static final String HELD = "held";

  static final int HELD_REQUESTS = 5;
  static final String HELD_HEADER = "x-held";

  private static final ByteString MARK_PREFIX = ByteString.copyFromUtf8("bench-");
  private static final int MARK_LENGTH = "bench-00000-000000000".length();
  private static final Pattern MARK = Pattern.compile("bench-(\\d{5})-(\\d{9})");

  /** The {@code write}th content of a document. */
  record Mark(int document, int write) {}

  static Corpus of(int services, int providers) {
    return new Corpus(
        services, IntStream.range(0, providers).mapToObj(i -> new Tokens("p" + i)).toList());
  }

  int documents() {
    return services * providers.size();
  }

  int provider(int document) {
    return document % providers.size();
  }

  /** Those of the first provider change rarely. */
  boolean isRare(int document) {
    return provider(document) == 0;
  }

  String key(int document) {
    return "backend-traffic-policy/s%d-p%d"
        .formatted(document / providers.size(), provider(document));
  }

  String text(int document, int write) {
    int service = document / providers.size();
    int provider = provider(document);
    return """
    Kind: backend-traffic-policy
    Name: s%1$d-p%2$d
    TargetRefs: [{Kind: service, Name: s%1$d}]
    RateLimit:
      Local:
        Body: bench-%3$05d-%4$09d
        Rules: [{Limit: {Requests: 1000000, Unit: Second}, Selectors: [{JWTProvider: p%2$d}]}]
    """
        .formatted(service, provider, document, write);
  }

  String held() {
    return """
    Kind: backend-traffic-policy
    Name: %s
    TargetRefs: [{Kind: service, Name: s0}]
    RateLimit:
      Local:
        Rules: [{Limit: {Requests: %d, Unit: Hour}, Selectors: [{Header: {Name: %s, Value: drained}}]}]
    """
        .formatted(HELD, HELD_REQUESTS, HELD_HEADER);
  }

  /** Which tokens the service takes. */
  String tokens(int service) {
    return """
    Kind: security-policy
    Name: s%1$d
    TargetRefs: [{Kind: service, Name: s%1$d}]
    JWT: {Providers: [%2$s]}
    """
        .formatted(service, String.join(", ", providers.stream().map(Tokens::name).toList()));
  }

  /** The mark in a resource's bytes, without reading them as text. */
  static Optional<Mark> mark(ByteString body) {
    for (int at = 0; at <= body.size() - MARK_LENGTH; at++) {
      if (body.byteAt(at) == 'b'
          && body.substring(at, at + MARK_PREFIX.size()).equals(MARK_PREFIX)) {
        return mark(body.substring(at, at + MARK_LENGTH).toString(StandardCharsets.ISO_8859_1));
      }
    }
    return Optional.empty();
  }

  /** The first mark in a text. */
  static Optional<Mark> mark(CharSequence text) {
    return marks(text).findFirst();
  }

  static java.util.stream.Stream<Mark> marks(CharSequence text) {
    Matcher matcher = MARK.matcher(text);
    return matcher
        .results()
        .map(found -> new Mark(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2))));
  }
}
