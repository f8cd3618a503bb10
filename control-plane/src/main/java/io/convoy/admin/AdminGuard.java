package io.convoy.admin;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request may be answered: it has a client certificate, or a token as bearer or, as
 * browsers ask people for it, as the password of HTTP's basic authentication, whoever the user is.
 */
final class AdminGuard {
  /** A header for each scheme: some clients read only the first of one. */
  static final ImmutableList<String> CHALLENGES =
      ImmutableList.of("Bearer realm=\"Convoy\"", "Basic realm=\"Convoy\", charset=\"UTF-8\"");

  // What load balancers and orchestrators ask, who have no token.
  private static final ImmutableSet<String> OPEN = ImmutableSet.of("/healthz", "/readyz");
  private static final String BEARER = "bearer ";
  private static final String BASIC = "basic ";

  private final AdminSettings settings;

  AdminGuard(AdminSettings settings) {
    this.settings = settings;
  }

  boolean permits(HttpExchange exchange) {
    return !settings.guarded() || hasCertificate(exchange) || hasToken(exchange);
  }

  /** Whether everyone is told the status of this path, and nothing else. */
  boolean statusIsOpen(HttpExchange exchange) {
    return OPEN.contains(exchange.getRequestURI().getPath());
  }

  private boolean hasCertificate(HttpExchange exchange) {
    if (!settings.clientCertificates() || !(exchange instanceof HttpsExchange https)) {
      return false;
    }
    try {
      return https.getSSLSession().getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  private boolean hasToken(HttpExchange exchange) {
    String token = token(exchange.getRequestHeaders().getFirst("Authorization"));
    return token != null && settings.tokens().filter(tokens -> tokens.contain(token)).isPresent();
  }

  private static @Nullable String token(@Nullable String authorization) {
    if (authorization == null) {
      return null;
    }
    String lower = authorization.toLowerCase(Locale.ROOT);
    if (lower.startsWith(BEARER)) {
      return authorization.substring(BEARER.length()).strip();
    }
    return lower.startsWith(BASIC) ? password(authorization.substring(BASIC.length())) : null;
  }

  private static @Nullable String password(String credentials) {
    try {
      String decoded =
          new String(Base64.getDecoder().decode(credentials.strip()), StandardCharsets.UTF_8);
      int colon = decoded.indexOf(':');
      return colon < 0 ? null : decoded.substring(colon + 1);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
