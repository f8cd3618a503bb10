package io.convoy.translation.http;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.filters.http.basic_auth.v3.BasicAuth;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/**
 * Envoy's basic authentication.
 *
 * <p>Per route, Envoy takes users and nothing else, and in the listener there have to be some. So
 * the listener has an empty place, a composite filter, and a route brings the whole filter with it.
 */
public final class BasicAuthFilter {
  public static final String NAME = "convoy.basic-auth";

  /** Nothing is in it until a route says what. */
  static final HttpFilter FILTER = Composites.filter(NAME);

  private BasicAuthFilter() {}

  /** For a route's {@link #NAME}. */
  public static Any perRoute(io.convoy.policy.BasicAuth auth) {
    String users = String.join("\n", auth.users());
    return Composites.perRoute(
        "basic-auth",
        BasicAuth.newBuilder()
            .setUsers(DataSource.newBuilder().setInlineString(users))
            .setForwardUsernameHeader(auth.forwardUsernameHeader().orElse(""))
            .build());
  }
}
