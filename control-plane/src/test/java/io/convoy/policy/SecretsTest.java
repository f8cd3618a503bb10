package io.convoy.policy;

import static io.convoy.policy.Documents.kv;
import static io.convoy.policy.Documents.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.Test;

/** What is a secret is nowhere repeated. */
class SecretsTest {
  private static final String SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA";
  private static final String SYMMETRIC =
      "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"alg\":\"HS256\",\"k\":\"" + SECRET + "\"}]}";

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String provider(String jwks) {
    return "{Issuer: https://a.test, JSONWebKeySet: {Local: {JWKS: \"%s\"}}}".formatted(jwks);
  }

  @Test
  void symmetricKeysAreShownAsFingerprints() {
    RawDocument raw = kv("jwt-provider", "okta", provider(base64(SYMMETRIC)));
    assertThat(DocumentParser.parse(raw).problem()).isEmpty();
    assertThat(DocumentParser.holdsSecret(raw)).isTrue();
    assertThat(DocumentParser.shown(raw).toString())
        .contains("Issuer=https://a.test", "JWKS=<redacted sha256:")
        .doesNotContain(base64(SYMMETRIC));
    assertThat(raw.toString()).doesNotContain(base64(SYMMETRIC));
    assertThat(DocumentParser.parse(raw).toString()).doesNotContain(SECRET, base64(SYMMETRIC));
  }

  @Test
  void publicKeysAreShown() {
    String jwks = base64("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"x\",\"e\":\"AQAB\"}]}");
    RawDocument raw = kv("jwt-provider", "okta", provider(jwks));
    assertThat(DocumentParser.holdsSecret(raw)).isFalse();
    assertThat(DocumentParser.shown(raw)).isEqualTo(DocumentParser.contents(raw));
  }

  /** So that a document that was saved without its secrets guards by closing. */
  @Test
  void aFingerprintIsRefused() {
    String refusal =
        refused(kv("jwt-provider", "okta", provider(Secrets.fingerprint(base64(SYMMETRIC)))));
    assertThat(refusal).contains("JWKS", "had a secret");
  }

  @Test
  void messagesDoNotRepeatThem() {
    for (String jwks :
        new String[] {"s3cr3t%", base64("{\"keys\":[{\"kty\":\"oct\",\"k\":\"s3cr3t%\"}]}")}) {
      assertThat(refused(kv("jwt-provider", "okta", provider(jwks))))
          .doesNotContain("s3cr3t", jwks);
    }
    assertThat(refused(kv("jwt-provider", "okta", "{Issuer: a, JSONWebKeySet: {Local: s3cr3t}}")))
        .contains("JSONWebKeySet.Local", "expected a mapping")
        .doesNotContain("s3cr3t");
    assertThat(refused(kv("jwt-provider", "okta", "{\"Issuer\": s3cr3t}")))
        .doesNotContain("s3cr3t");
  }

  @Test
  void whatCannotBeReadIsNotShown() {
    RawDocument broken = kv("jwt-provider", "okta", "JWKS: [s3cr3t");
    assertThat(DocumentParser.shown(broken).toString()).startsWith("<redacted sha256:");
    RawDocument misspelt = kv("jwt-provider", "okta", "{JSONWebKeySet: {Local: {Jwks: s3cr3t}}}");
    assertThat(DocumentParser.shown(misspelt).toString()).doesNotContain("s3cr3t");
    RawDocument harmless = kv("http-route", "shop", "Rules: [x");
    assertThat(DocumentParser.shown(harmless)).isEqualTo("Rules: [x");
  }
}
