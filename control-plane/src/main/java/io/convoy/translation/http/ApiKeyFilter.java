package io.convoy.translation.http;

import com.google.protobuf.Any;
import io.convoy.policy.ApiKeys;
import io.envoyproxy.envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth;
import io.envoyproxy.envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuthPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.api_key_auth.v3.Credential;
import io.envoyproxy.envoy.extensions.filters.http.api_key_auth.v3.KeySource;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/** Envoy's authentication by API keys. */
public final class ApiKeyFilter {
  public static final String NAME = "envoy.filters.http.api_key_auth";

  /** Not passed until a route says what. */
  static final HttpFilter FILTER =
      HttpFilter.newBuilder()
          .setName(NAME)
          .setDisabled(true)
          .setTypedConfig(Any.pack(ApiKeyAuth.getDefaultInstance()))
          .build();

  private ApiKeyFilter() {}

  /** For a route's {@link #NAME}. */
  public static Any perRoute(ApiKeys keys) {
    var config = ApiKeyAuthPerRoute.newBuilder();
    keys.credentials()
        .forEach(credential ->
            config.addCredentials(
                Credential.newBuilder().setClient(credential.client()).setKey(credential.key())));
    keys.sources().forEach(source -> config.addKeySources(source(source)));
    keys.forwardClientIdHeader()
        .ifPresent(header -> NewerFields.FORWARDING.setHeader(config, header));
    return Any.pack(config.build());
  }

  private static KeySource source(ApiKeys.Source source) {
    var result = KeySource.newBuilder();
    switch (source) {
      case ApiKeys.Source.Header(String name) -> result.setHeader(name);
      case ApiKeys.Source.Query(String name) -> result.setQuery(name);
      case ApiKeys.Source.Cookie(String name) -> result.setCookie(name);
    }
    return result.build();
  }
}
