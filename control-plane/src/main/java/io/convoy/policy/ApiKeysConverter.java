package io.convoy.policy;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import io.convoy.config.v1.SecurityPolicyProto;
import io.convoy.config.v1.SecurityPolicyProto.ApiKey;
import io.convoy.config.v1.SecurityPolicyProto.ApiKeySource;
import io.convoy.policy.ApiKeys.Credential;
import io.convoy.policy.ApiKeys.Source;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** {@code APIKeys} of a {@code security-policy}. */
final class ApiKeysConverter {
  private static final int MAX_KEYS = 10_000;
  private static final int MAX_LENGTH = 1024;
  private static final int MAX_SOURCES = 20;
  private static final CharMatcher VISIBLE = CharMatcher.inRange('!', '~');

  private ApiKeysConverter() {}

  static ApiKeys convert(SecurityPolicyProto.ApiKeys message, At at) {
    return new ApiKeys(
        credentials(message, at.field("Credentials")),
        sources(message, at.field("ExtractFrom")),
        message.getForwardClientIdHeader().isEmpty()
            ? Optional.empty()
            : Optional.of(
                HttpChecks.ownHeader(
                    at.field("ForwardClientIDHeader"), message.getForwardClientIdHeader())));
  }

  private static ImmutableList<Credential> credentials(SecurityPolicyProto.ApiKeys message, At at) {
    int count = message.getCredentialsCount();
    at.require(count >= 1 && count <= MAX_KEYS, count + " keys", "expected 1 to " + MAX_KEYS);
    var credentials = ImmutableList.<Credential>builder();
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < count; i++) {
      ApiKey credential = message.getCredentials(i);
      At here = at.index(i);
      // Envoy writes it into a header.
      String client = credential.getClient();
      here.field("Client")
          .require(
              !client.isEmpty() && client.length() <= 256 && VISIBLE.matchesAllOf(client),
              Value.quoted(client),
              "expected a name of 1 to 256 characters of ASCII without blanks");
      String key = key(credential.getKey(), here.field("Key"));
      here.field("Key").require(keys.add(key), "a key once more", "expected every key once");
      credentials.add(new Credential(client, key));
    }
    return credentials.build();
  }

  private static String key(String key, At at) {
    At here = at.secret();
    here.require(!key.isEmpty(), "nothing", "expected a key");
    Secrets.refuseFingerprint(key, here);
    here.require(
        key.length() <= MAX_LENGTH && VISIBLE.matchesAllOf(key),
        "another text",
        "expected at most " + MAX_LENGTH + " characters of ASCII without blanks");
    return key;
  }

  private static ImmutableList<Source> sources(SecurityPolicyProto.ApiKeys message, At at) {
    Set<Source> sources = new LinkedHashSet<>();
    for (int i = 0; i < message.getExtractFromCount(); i++) {
      sources(message.getExtractFrom(i), sources, at.index(i));
    }
    at.require(
        !sources.isEmpty() && sources.size() <= MAX_SOURCES,
        sources.size() + " places",
        "expected 1 to " + MAX_SOURCES);
    return ImmutableList.copyOf(sources);
  }

  private static void sources(ApiKeySource message, Set<Source> sources, At at) {
    for (int i = 0; i < message.getHeadersCount(); i++) {
      At here = at.field("Headers").index(i);
      sources.add(new Source.Header(header(here, message.getHeaders(i))));
    }
    for (int i = 0; i < message.getParamsCount(); i++) {
      At here = at.field("Params").index(i);
      sources.add(new Source.Query(HttpChecks.parameter(here, message.getParams(i))));
    }
    for (int i = 0; i < message.getCookiesCount(); i++) {
      At here = at.field("Cookies").index(i);
      String name = message.getCookies(i);
      HttpChecks.token(here, name, "expected a cookie's name");
      sources.add(new Source.Cookie(name));
    }
  }

  private static String header(At at, String name) {
    at.require(!name.startsWith(":"), Value.quoted(name), "expected the name of a header");
    return HttpChecks.header(at, name);
  }
}
