package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import io.convoy.config.v1.JwtProviderProto;
import io.convoy.config.v1.JwtProviderProto.JwtForwarding;
import io.convoy.config.v1.JwtProviderProto.JwtLocation;
import io.convoy.policy.JwtProvider.Forwarding;
import io.convoy.policy.JwtProvider.Location;
import java.util.Optional;

/** {@code jwt-provider}. */
final class JwtProviderConverter {
  private static final int CLOCK_SKEW_SECONDS = 30; // Consul's default
  private static final int MAX_CLOCK_SKEW_SECONDS = 86_400;
  private static final int MAX_CACHE = 100_000;

  private JwtProviderConverter() {}

  static Document convert(DocumentId id, JwtProviderProto.JwtProvider message, At at) {
    at.field("Issuer").require(!message.getIssuer().isEmpty(), "nothing", "expected an issuer");
    int skew = message.getClockSkewSeconds();
    return new JwtProvider(
        id,
        HttpChecks.headerValue(at.field("Issuer"), message.getIssuer()),
        ImmutableList.copyOf(message.getAudiencesList()),
        locations(message, at.field("Locations")),
        forward(message, at.field("Locations")),
        message.hasForwarding()
            ? Optional.of(forwarding(message.getForwarding(), at.field("Forwarding")))
            : Optional.empty(),
        skew == 0
            ? CLOCK_SKEW_SECONDS
            : at.field("ClockSkewSeconds").range(skew, 1, MAX_CLOCK_SKEW_SECONDS),
        JwtKeysConverter.convert(message.getJsonWebKeySet(), at.field("JSONWebKeySet")),
        at.field("CacheConfig")
            .field("Size")
            .range(message.getCacheConfig().getSize(), 0, MAX_CACHE));
  }

  private static ImmutableList<Location> locations(JwtProviderProto.JwtProvider message, At at) {
    var locations = ImmutableList.<Location>builder();
    for (int i = 0; i < message.getLocationsCount(); i++) {
      locations.add(location(message.getLocations(i), at.index(i)));
    }
    return locations.build();
  }

  private static Location location(JwtLocation location, At at) {
    int given =
        (location.hasHeader() ? 1 : 0)
            + (location.hasQueryParam() ? 1 : 0)
            + (location.hasCookie() ? 1 : 0);
    at.require(
        given == 1, given + " of them", "expected exactly one of Header, QueryParam, Cookie");
    if (location.hasHeader()) {
      At here = at.field("Header");
      return new Location.Header(
          HttpChecks.changeable(here.field("Name"), location.getHeader().getName()),
          HttpChecks.headerValue(here.field("ValuePrefix"), location.getHeader().getValuePrefix()));
    }
    if (location.hasQueryParam()) {
      return new Location.Query(
          HttpChecks.parameter(
              at.field("QueryParam").field("Name"), location.getQueryParam().getName()));
    }
    String cookie = location.getCookie().getName();
    HttpChecks.token(at.field("Cookie").field("Name"), cookie, "expected a cookie's name");
    return new Location.Cookie(cookie);
  }

  /** Envoy keeps or removes the token wherever it was found. */
  private static boolean forward(JwtProviderProto.JwtProvider message, At at) {
    Optional<Boolean> forward = Optional.empty();
    for (int i = 0; i < message.getLocationsCount(); i++) {
      if (!message.getLocations(i).hasHeader()) {
        continue;
      }
      boolean here = message.getLocations(i).getHeader().getForward();
      if (forward.isPresent() && forward.get() != here) {
        at.index(i)
            .field("Header")
            .field("Forward")
            .warn("counts for all of the provider's headers, of which an earlier one differs");
      }
      forward = Optional.of(here);
    }
    return forward.orElse(false);
  }

  private static Forwarding forwarding(JwtForwarding forwarding, At at) {
    return new Forwarding(
        HttpChecks.ownHeader(at.field("HeaderName"), forwarding.getHeaderName()),
        forwarding.getPadForwardPayloadHeader());
  }
}
