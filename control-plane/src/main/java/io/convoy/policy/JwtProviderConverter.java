package io.convoy.policy;

import io.convoy.config.v1.JwtProviderProto;

/** {@code jwt-provider}. */
final class JwtProviderConverter {
  private JwtProviderConverter() {}

  static Document convert(DocumentId id, JwtProviderProto.JwtProvider message, At at) {
    return new JwtProvider(id);
  }
}
