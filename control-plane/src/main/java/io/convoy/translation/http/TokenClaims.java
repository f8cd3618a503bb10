package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;

/**
 * Where the claims of verified tokens stand. A request may have to have several tokens at once,
 * which are counted from 1; limits and access logs see the first.
 *
 * <p>Each token has places of its own: verifying another takes away what stands in a header that
 * both use.
 */
public final class TokenClaims {
  /** The filter that writes into a request's metadata. */
  static final String METADATA = "envoy.filters.http.jwt_authn";

  private TokenClaims() {}

  /** Under this key of the metadata stands the token's payload. */
  static String payload(int token) {
    return "jwt" + suffix(token);
  }

  static String issuer(int token) {
    return SlotChoice.ISSUER + suffix(token);
  }

  static String subject(int token) {
    return SlotChoice.SUBJECT + suffix(token);
  }

  static String id(int token) {
    return SlotChoice.TOKEN_ID + suffix(token);
  }

  /** By claim, the headers that only Envoy writes and reads. */
  static ImmutableListMultimap<String, String> headers(int token) {
    return ImmutableListMultimap.of("iss", issuer(token), "sub", subject(token), "jti", id(token));
  }

  /** All headers for claims of so many tokens. */
  public static ImmutableList<String> headersOf(int tokens) {
    var headers = ImmutableList.<String>builder();
    for (int token = 1; token <= tokens; token++) {
      headers.addAll(headers(token).values());
    }
    return headers.build();
  }

  private static String suffix(int token) {
    return token == 1 ? "" : "-" + token;
  }
}
