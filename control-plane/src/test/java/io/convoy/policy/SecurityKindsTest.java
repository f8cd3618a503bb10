package io.convoy.policy;

import static io.convoy.policy.Documents.accepted;
import static io.convoy.policy.Documents.kv;
import static io.convoy.policy.Documents.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.JwtAuthentication.Requirement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code jwt-provider} and {@code security-policy}: what becomes of them, what they refuse. */
class SecurityKindsTest {
  private static final String X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Audiences: [a]|Issuer: had nothing, expected an issuer",
        "Issuer: x|JSONWebKeySet: had nothing, expected one of Local, Remote",
        "{Issuer: x, JSONWebKeySet: {Local: {}, Remote: {}}}|JSONWebKeySet: had both Local and Remote",
        "{Issuer: x, JSONWebKeySet: {Local: {}}}|Local: had nothing, expected one of JWKS, Filename",
        "{Issuer: x, JSONWebKeySet: {Local: {JWKS: a, Filename: /a}}}|Local: had both JWKS and Filename",
        "{Issuer: x, JSONWebKeySet: {Local: {Filename: a}}}|Filename: had \"a\", expected the absolute path",
        "{Issuer: x, Locations: [{}]}|Locations[0]: had 0 of them, expected exactly one of Header, QueryParam, Cookie",
        "{Issuer: x, Locations: [{Header: {Name: a}, Cookie: {Name: b}}]}|Locations[0]: had 2 of them",
        "{Issuer: x, Locations: [{Header: {Name: ':path'}}]}|Header.Name: had \":path\", expected another header",
        "{Issuer: x, Locations: [{Cookie: {Name: 'a b'}}]}|Cookie.Name: had \"a b\", expected a cookie's name",
        "{Issuer: x, Locations: [{QueryParam: {}}]}|QueryParam.Name: had \"\"",
        "{Issuer: x, Forwarding: {HeaderName: x-convoy-jwt-sub}}|HeaderName: had \"x-convoy-jwt-sub\", expected another header",
        "{Issuer: x, Forwarding: {HeaderName: Content-Length}}|HeaderName: had \"Content-Length\", expected another header",
        "{Issuer: x, ClockSkewSeconds: 86401}|ClockSkewSeconds: had 86401",
        "{Issuer: x, JSONWebKeySet: {Remote: {}}}|Remote.URI: had \"\", expected an http or https URL",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'ftp://a.test/'}}}|URI: had \"ftp://a.test/\"",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://a:b@c.test/'}}}|URI: had a URL with a user",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://2130706433/'}}}|URI: had \"http://2130706433/\"",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://0x7f000001/'}}}|URI: had \"http://0x7f000001/\"",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://127.1/'}}}|URI: had \"http://127.1/\"",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://a.test:99999/'}}}|URI: had 99999",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://a.test/', UseSNI: true}}}|UseSNI: had true, expected it with an https URL",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://a.test/', CacheDuration: 10ms}}}|CacheDuration: had 0.01s, expected a duration from 1s",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://a.test/', JWKSCluster: {DiscoveryType: EDS}}}}|DiscoveryType: had \"EDS\", expected one of LOGICAL_DNS, STATIC, STRICT_DNS",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://a.test/', JWKSCluster: {DiscoveryType: STATIC}}}}|DiscoveryType: had \"STATIC\", expected it with a URL that holds an address",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'http://a.test/', JWKSCluster: {TLSCertificates: {}}}}}|TLSCertificates: had certificates, expected them with an https URL",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'https://a.test/', JWKSCluster: {TLSCertificates: {}}}}}|TrustedCA: had 0 of them",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'https://a.test/', JWKSCluster: {TLSCertificates: {TrustedCA: {InlineString: x}}}}}}|InlineString: had ",
        "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'https://a.test/', RetryPolicy: {RetryPolicyBackOff: {BaseInterval: 2s, MaxInterval: 1s}}}}}|MaxInterval: had 1s, expected no less than BaseInterval",
        "{Issuer: x, CacheConfig: {Size: 100001}, JSONWebKeySet: {Local: {Filename: /a}}}|CacheConfig.Size: had 100001",
      })
  void jwtProvider(String text, String expected) {
    assertThat(refused(kv("jwt-provider", "okta", text))).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x|had a secret, expected a key set in base64",
        "[]|had no keys, expected a key set",
        "{}|had no keys",
        "{\"keys\":{}}|had no keys",
        "{\"keys\":[]}|keys: had 0 keys",
        "{\"keys\":[1]}|keys[0]: had no key",
        "{\"keys\":[{}]}|keys[0].kty: had nothing, expected a string",
        "{\"keys\":[{\"kty\":\"FOO\"}]}|keys[0].kty: had \"FOO\", expected one of RSA, EC, OKP, oct",
        "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}|keys[0].n: had nothing",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"_w\",\"e\":\"AQAB\"}]}|keys[0].n: had a modulus of 8 bits, expected 2048",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"*\",\"e\":\"AQAB\"}]}|keys[0].n: had a text that is not base64url",
        "{\"keys\":[{\"kty\":\"RSA\",\"alg\":\"ES256\"}]}|keys[0].alg: had \"ES256\", expected one of RS256",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"secp256k1\"}]}|keys[0].crv: had \"secp256k1\", expected one of P-256",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"alg\":\"ES384\"}]}|keys[0].alg: had \"ES384\", expected one of ES256",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}|keys[0].x: had 1 bytes, expected 32",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"y\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}|keys[0]: had a point that is not on the curve",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"AA\"}]}|keys[0].crv: had \"Ed448\", expected \"Ed25519\"",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}]}|keys[0].x: had 1 bytes, expected 32",
        "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\",\"d\":\"c2VjcmV0\"}]}|keys[0].d: had a private part",
        "{\"keys\":[{\"kty\":\"OKP\",\"use\":\"enc\"}]}|keys[0].use: had \"enc\", expected \"sig\"",
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}|keys[0].k: had a secret, expected",
      })
  void keySets(String keySet, String expected) {
    String jwks = Base64.getEncoder().encodeToString(keySet.getBytes(StandardCharsets.UTF_8));
    String text = "{Issuer: x, JSONWebKeySet: {Local: {JWKS: '%s'}}}".formatted(jwks);
    assertThat(refused(kv("jwt-provider", "okta", text)))
        .contains("JSONWebKeySet.Local.JWKS")
        .contains(expected)
        .doesNotContain("c2VjcmV0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "JWT: {}|JWT: had nothing, expected one of Providers, Requirement",
        "JWT: {Providers: [a], Requirement: {Provider: a}}|JWT: had both Providers and Requirement",
        "JWT: {Providers: [a, a]}|Providers[1]: had \"a\", expected every provider once",
        "JWT: {Providers: [a/b]}|Providers[0]: had \"a/b\"",
        "JWT: {Providers: [a], AllowMissing: true, AllowMissingOrFailed: true}|AllowMissing: had true together",
        "JWT: {Requirement: {}}|Requirement: had 0 of them, expected exactly one of Provider",
        "JWT: {Requirement: {Provider: a, Any: [{Provider: b}]}}|Requirement: had 2 of them",
        "JWT: {Requirement: {AllowMissing: true}}|AllowMissing: had true, expected it inside of Any",
        "JWT: {Requirement: {All: [{Provider: a}, {AllowMissing: true}]}}|All[1].AllowMissing: had true",
        "JWT: {Requirement: {Any: [{AllowMissing: true}]}}|Any: had no provider",
        "JWT: {Requirement: {Any: [{Provider: a}, {Provider: a}]}}|Any[1]: had a requirement once more",
        "JWT: {Requirement: {All: [{Provider: a}, {Provider: b}, {Provider: c}, {Provider: d}, {Provider: e}]}}|Requirement: had 5 tokens at once, expected at most 4",
        "JWT: {Requirement: {Any: [{All: [{Any: [{All: [{Any: [{Provider: a}]}]}]}]}]}}|had more levels, expected at most 5",
        "JWT: {Providers: [a], AllowMissing: true, Requirement: {Provider: a}}|JWT: had both",
        "JWT: {Providers: [a], ClaimToHeaders: [{Claim: sub, Header: X-A}, {Claim: b, Header: x-a}]}|ClaimToHeaders[1].Header: had \"x-a\", expected every header once",
        "JWT: {Providers: [a], ClaimToHeaders: [{Claim: a..b, Header: x}]}|Claim: had \"a..b\"",
        "JWT: {Providers: [a], ClaimToHeaders: [{Claim: a, Header: Host}]}|Header: had \"Host\"",
        "Authorization: {DefaultAction: allow}|DefaultAction: had \"allow\", expected one of Allow, Deny; did you mean",
        "Authorization: {Rules: [{}]}|Rules[0].Action: had \"\"",
        "Authorization: {Rules: [{Name: a, Action: Deny}, {Name: a, Action: Deny}]}|Rules[1].Name: had \"a\", expected every name once",
        "Authorization: {Rules: [{Action: Deny, Operation: {Methods: [FOO]}}]}|Methods[0]: had \"FOO\"",
        "Authorization: {Rules: [{Action: Deny, Operation: {Paths: [{Match: exact, Value: a}]}}]}|Paths[0].Value: had \"a\"",
        "Authorization: {Rules: [{Action: Deny, Principal: {ClientCIDRs: [a]}}]}|ClientCIDRs[0]: had \"a\"",
        "Authorization: {Rules: [{Action: Deny, Principal: {JWT: {Scopes: ['a b']}}}]}|Scopes[0]: had \"a b\"",
        "Authorization: {Rules: [{Action: Deny, Principal: {JWT: {Claims: [{Name: a}]}}}]}|Claims[0].Values: had nothing",
        "Authorization: {Rules: [{Action: Deny, Principal: {JWT: {Claims: [{Values: [a]}]}}}]}|Claims[0].Name: had \"\"",
        "Authorization: {Rules: [{Action: Deny, Principal: {JWT: {Claims: [{Name: a, ValueType: Int, Values: [a]}]}}}]}|ValueType: had \"Int\"",
        "Authorization: {Rules: [{Action: Deny, Principal: {Headers: [{Match: is, Name: a}]}}]}|Headers[0].Match: had \"is\"",
        "CORS: {}|CORS.AllowOrigins: had nothing, expected at least one origin",
        "CORS: {AllowOrigins: [shop.test]}|AllowOrigins[0]: had \"shop.test\", expected an origin such as https://shop.test",
        "CORS: {AllowOrigins: ['https://shop.test/']}|AllowOrigins[0]: had \"https://shop.test/\"",
        "CORS: {AllowOrigins: ['https://*']}|AllowOrigins[0]: had \"https://*\"",
        "CORS: {AllowOrigins: ['https://a.*.test']}|AllowOrigins[0]: had",
        "CORS: {AllowOrigins: ['null']}|AllowOrigins[0]: had \"null\"",
        "CORS: {AllowOriginRegex: ['(?=a)']}|AllowOriginRegex[0]: had \"(?=a)\"",
        "CORS: {AllowOriginRegex: ['[^/]*']}|AllowOriginRegex[0]: had \"[^/]*\", expected one that does not match \"*\"",
        "CORS: {AllowOrigins: ['*'], AllowCredentials: true}|AllowCredentials: had true together with the origin \"*\"",
        "CORS: {AllowOrigins: ['*'], AllowMethods: [FOO]}|AllowMethods[0]: had \"FOO\"",
        "CORS: {AllowOrigins: ['*'], AllowHeaders: ['a b']}|AllowHeaders[0]: had \"a b\"",
        "CORS: {AllowOrigins: ['*'], MaxAge: 1500ms}|MaxAge: had 1.5s, expected a duration of whole seconds",
        "CORS: {AllowOrigins: ['*'], MaxAge: -1s}|MaxAge: had -1s",
        "BasicAuth: {}|BasicAuth: had 0 users, expected 1 to 1000",
        "BasicAuth: {Users: [alice]}|Users[0]: had a secret, expected user:{SHA}hash",
        "BasicAuth: {Users: ['alice:$2y$05$abc']}|Users[0]: had a secret, expected user:{SHA}hash, as htpasswd -s makes it: Envoy takes SHA-1 only",
        "BasicAuth: {Users: ['#a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=']}|Users[0]: had a secret",
        "BasicAuth: {Users: ['a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', 'a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=']}|Users[1]: had a secret, expected every user once",
        "BasicAuth: {Users: ['<redacted sha256:012345678901>']}|Users[0]: had a secret, expected the secret that it is of",
        "BasicAuth: {Users: ['a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='], ForwardUsernameHeader: host}|ForwardUsernameHeader: had \"host\"",
        "APIKeys: {}|APIKeys.Credentials: had 0 keys, expected 1 to 10000",
        "APIKeys: {Credentials: [{Client: a}]}|Key: had a secret, expected a key",
        "APIKeys: {Credentials: [{Client: a, Key: k}]}|ExtractFrom: had 0 places, expected 1 to 20",
        "APIKeys: {Credentials: [{Key: k}]}|Credentials[0].Client: had \"\", expected a name",
        "APIKeys: {Credentials: [{Client: a, Key: 'k k'}]}|Credentials[0].Key: had a secret, expected at most 1024 characters",
        "APIKeys: {Credentials: [{Client: a, Key: k}, {Client: b, Key: k}]}|Credentials[1].Key: had a secret, expected every key once",
        "APIKeys: {Credentials: [{Client: a, Key: '<redacted sha256:012345678901>'}]}|Credentials[0].Key: had a secret, expected the secret that it is of",
        "APIKeys: {Credentials: [{Client: a, Key: k}], ExtractFrom: [{Headers: [':path']}]}|Headers[0]: had \":path\"",
        "APIKeys: {Credentials: [{Client: a, Key: k}], ExtractFrom: [{Cookies: ['a;b']}]}|Cookies[0]: had \"a;b\", expected a cookie's name",
        "APIKeys: {Credentials: [{Client: a, Key: k}], ExtractFrom: [{Params: ['']}]}|Params[0]: had \"\"",
        "Revocation: {Jti: ['']}|Jti[0]: had \"\", expected 1 to 1024 characters",
        "Revocation: {IssuedBefore: [{Provider: a, Time: yesterday}]}|Time: had \"yesterday\", expected a time such as",
        "Revocation: {IssuedBefore: [{Provider: a, Time: '2026-01-01T00:00:00Z'}, {Provider: a, Time: '2026-01-01T00:00:00Z'}]}|IssuedBefore[1]: had \"a\"",
      })
  void securityPolicy(String text, String expected) {
    assertThat(
            refused(
                kv(
                    "security-policy",
                    "a",
                    "{TargetRefs: [{Kind: service, Name: order}], " + text + "}")))
        .contains(expected);
  }

  @Test
  void jwtProviderExamples() throws IOException {
    JwtProvider okta = example(JwtProvider.class, "jwt-provider", 0);
    assertThat(okta.issuer()).isEqualTo("https://okta.test");
    assertThat(okta.audiences()).containsExactly("shop");
    assertThat(okta.clockSkewSeconds()).isEqualTo(30);
    assertThat(okta.forward()).isFalse();
    assertThat(okta.keys()).isInstanceOf(JwtProvider.Keys.Inline.class);
    assertThat(okta.toString()).doesNotContain(X);
    JwtProvider auth0 = example(JwtProvider.class, "jwt-provider", 1);
    assertThat(auth0.locations())
        .containsExactly(
            new JwtProvider.Location.Header("authorization", "Bearer "),
            new JwtProvider.Location.Query("token"),
            new JwtProvider.Location.Cookie("session"));
    assertThat(auth0.forward()).isTrue();
    assertThat(auth0.forwarding()).contains(new JwtProvider.Forwarding("x-jwt-payload", true));
    assertThat(auth0.keys())
        .isEqualTo(
            new JwtProvider.Keys.Remote(
                "https://shop.auth0.test/.well-known/jwks.json",
                true,
                "shop.auth0.test",
                443,
                Duration.ofMillis(500),
                Optional.of(Duration.ofMinutes(30)),
                true,
                Optional.of(
                    new JwtProvider.Retries(
                        OptionalInt.of(2),
                        Optional.of(Duration.ofMillis(200)),
                        Optional.of(Duration.ofSeconds(2)))),
                true,
                JwtProvider.Discovery.LOGICAL_DNS,
                Optional.of(new JwtProvider.Authorities.File("/etc/ssl/certs/ca-certificates.crt")),
                Duration.ofSeconds(3)));
  }

  @Test
  void securityPolicyExamples() throws IOException {
    SecurityPolicy order = example(SecurityPolicy.class, "security-policy", 0);
    assertThat(order.targets()).containsExactly(new TargetRef.Service("order"));
    assertThat(order.jwt().orElseThrow().requirement())
        .isEqualTo(
            new Requirement.Any(
                ImmutableList.of(
                    new Requirement.Provider("okta"), new Requirement.Provider("auth0"))));
    Revocation revocation = order.revocation().orElseThrow();
    assertThat(revocation.ids()).containsExactly("a1", "b2");
    assertThat(revocation.subjects()).containsExactly("mallory");
    assertThat(revocation.issuedBefore())
        .containsEntry("okta", Instant.parse("2026-11-20T00:00:00Z"));
    SecurityPolicy admin = example(SecurityPolicy.class, "security-policy", 1);
    JwtAuthentication jwt = admin.jwt().orElseThrow();
    assertThat(jwt.requirement().tokens()).isEqualTo(2);
    assertThat(jwt.providers()).containsExactly("okta", "device", "auth0");
    Authorization authorization = admin.authorization().orElseThrow();
    assertThat(authorization.shadow()).isTrue();
    assertThat(authorization.providers()).containsExactly("okta");
    assertThat(authorization.rules().getFirst().token())
        .contains(
            new Authorization.Token(
                Optional.of("okta"),
                ImmutableSet.of("admin"),
                ImmutableList.of(
                    new Authorization.Claim(
                        ImmutableList.of("realm", "roles"),
                        true,
                        ImmutableSet.of("admin", "root")))));
  }

  @Test
  void accessExamples() throws IOException {
    SecurityPolicy partners = example(SecurityPolicy.class, "security-policy", 2);
    assertThat(partners.cors())
        .contains(
            new Cors(
                ImmutableSet.of(
                    new Cors.Origin.Exact("https://shop.test"),
                    new Cors.Origin.Wildcard("https://*.shop.test"),
                    new Cors.Origin.Regex("http://localhost:30[0-9]{2}")),
                ImmutableSet.of("GET", "POST", "DELETE"),
                ImmutableSet.of("x-api-key", "content-type"),
                ImmutableSet.of("x-request-id"),
                Optional.of(Duration.ofMinutes(10)),
                true));
    assertThat(partners.apiKeys())
        .contains(
            new ApiKeys(
                ImmutableList.of(
                    new ApiKeys.Credential("acme", "4f1c2a9be07d4c6f"),
                    new ApiKeys.Credential("umbrella", "9a3e5d7710b84f2e")),
                ImmutableList.of(
                    new ApiKeys.Source.Header("x-api-key"),
                    new ApiKeys.Source.Query("key"),
                    new ApiKeys.Source.Cookie("key")),
                Optional.of("x-client")));
    assertThat(partners.toString()).contains("acme").doesNotContain("4f1c2a9be07d4c6f");
    SecurityPolicy operators = example(SecurityPolicy.class, "security-policy", 3);
    assertThat(operators.basicAuth())
        .contains(
            new BasicAuth(
                ImmutableList.of("alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="),
                Optional.of("x-user")));
    assertThat(operators.toString()).doesNotContain("5en6G6");
  }

  @ParameterizedTest
  @CsvSource({
    "'', idp.test, true",
    "'', 8.8.8.8, true",
    "'', localhost, false",
    "'', a.localhost, false",
    "'', 127.0.0.1, false",
    "'', 10.1.2.3, false",
    "'', 169.254.169.254, false",
    "'', 192.168.0.1, false",
    "'', 172.31.0.1, false",
    "'', 100.64.0.1, false",
    "'', 0.0.0.0, false",
    "'', 224.0.0.1, false",
    "'', '[::1]', false",
    "'', '[fe80::1]', false",
    "'', '[fd00::1]', false",
    "'', '[::ffff:127.0.0.1]', false",
    "'', '[64:ff9b::7f00:1]', false",
    "'', '[2001:4860::1]', true",
    "idp.test, idp.test, true",
    "idp.test, IDP.test, true",
    "idp.test, x.idp.test, false",
    "idp.test, 8.8.8.8, false",
    "*.idp.test, x.idp.test, true",
    "*.idp.test, idp.test, false",
    "*.idp.test, xidp.test, false",
    "10.0.0.0/8, 10.1.2.3, true",
    "10.0.0.0/8, idp.test, false",
    "localhost, localhost, true",
    "127.0.0.1;*, 127.0.0.1, true",
    "127.0.0.1;*, 127.0.0.2, false",
    "127.0.0.1;*, idp.test, true",
  })
  void keyServersAreRestricted(String allowed, String host, boolean expected) {
    JwtProvider provider =
        accepted(
            JwtProvider.class,
            kv(
                "jwt-provider",
                "a",
                "{Issuer: x, JSONWebKeySet: {Remote: {URI: 'https://%s/keys'}}}".formatted(host)));
    List<String> list = allowed.isEmpty() ? List.of() : List.of(allowed.split(";"));
    assertThat(KeyServerAccess.of(list, KeyServerAccess.TRUST_ROOTS).refusal(provider).isEmpty())
        .isEqualTo(expected);
  }

  private static <T extends Document> T example(Class<T> type, String kind, int index)
      throws IOException {
    String text = Files.readString(Path.of("..", "docs", "examples", kind + ".yaml"));
    return accepted(type, DocumentParser.split(kind, text, 0, 0).get(index));
  }
}
