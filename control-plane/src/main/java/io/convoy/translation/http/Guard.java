package io.convoy.translation.http;

import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;

/**
 * What a request must say that it means before a guard lets it pass: for a moment, an Envoy may
 * have the route of one document and the content of another in the slot.
 */
public record Guard(String header, String identity) {
  HeaderMatcher matcher() {
    return HeaderMatcher.newBuilder()
        .setName(header)
        .setStringMatch(StringMatcher.newBuilder().setExact(identity))
        .build();
  }
}
