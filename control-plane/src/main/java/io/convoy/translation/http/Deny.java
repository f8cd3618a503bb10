package io.convoy.translation.http;

import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;

/** What stands where a guard's content is missing: it answers 403 to every request. */
public final class Deny {
  static final String NAME = "deny";

  /** Rules that allow nobody. */
  public static final RBAC FILTER =
      RBAC.newBuilder()
          .setRules(io.envoyproxy.envoy.config.rbac.v3.RBAC.getDefaultInstance())
          .build();

  private Deny() {}
}
