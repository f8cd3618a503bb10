package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import io.convoy.config.v1.SecurityPolicyProto.ClaimToHeader;
import io.convoy.config.v1.SecurityPolicyProto.Jwt;
import io.convoy.config.v1.SecurityPolicyProto.JwtRequirement;
import io.convoy.policy.JwtAuthentication.Requirement;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** {@code JWT} of a {@code security-policy}. */
final class JwtAuthenticationConverter {
  private static final int MAX_DEPTH = 5;
  private static final int MAX_PROVIDERS = 100;
  private static final int MAX_COMBINED = 4;

  private JwtAuthenticationConverter() {}

  static JwtAuthentication convert(Jwt jwt, At at) {
    at.require(
        (jwt.getProvidersCount() > 0) != jwt.hasRequirement(),
        jwt.hasRequirement() ? "both Providers and Requirement" : "nothing",
        "expected one of Providers, Requirement");
    var result =
        new JwtAuthentication(
            jwt.hasRequirement() ? requirement(jwt, at) : providers(jwt, at),
            claims(jwt, at.field("ClaimToHeaders")));
    at.require(
        result.providers().size() <= MAX_PROVIDERS,
        result.providers().size() + " providers",
        "expected at most " + MAX_PROVIDERS);
    return result;
  }

  private static Requirement providers(Jwt jwt, At at) {
    at.field("AllowMissing")
        .require(
            !(jwt.getAllowMissing() && jwt.getAllowMissingOrFailed()),
            "true together with AllowMissingOrFailed",
            "expected one of them");
    Set<Requirement> any = new LinkedHashSet<>();
    for (int i = 0; i < jwt.getProvidersCount(); i++) {
      At here = at.field("Providers").index(i);
      String name = here.name(jwt.getProviders(i));
      here.require(
          any.add(new Requirement.Provider(name)),
          Value.quoted(name),
          "expected every provider once");
    }
    if (jwt.getAllowMissing()) {
      any.add(new Requirement.Missing());
    }
    if (jwt.getAllowMissingOrFailed()) {
      any.add(new Requirement.MissingOrFailed());
    }
    return any(any);
  }

  private static Requirement requirement(Jwt jwt, At at) {
    String expected = "expected it inside of Requirement.Any, or together with Providers";
    at.field("AllowMissing").require(!jwt.getAllowMissing(), "true", expected);
    at.field("AllowMissingOrFailed").require(!jwt.getAllowMissingOrFailed(), "true", expected);
    At here = at.field("Requirement");
    Requirement requirement = requirement(jwt.getRequirement(), here, false, 1);
    int combined = requirement.tokens();
    here.require(
        combined <= MAX_COMBINED, combined + " tokens at once", "expected at most " + MAX_COMBINED);
    return requirement;
  }

  private static Requirement requirement(JwtRequirement message, At at, boolean inAny, int depth) {
    at.require(depth <= MAX_DEPTH, "more levels", "expected at most " + MAX_DEPTH);
    int given =
        (message.getProvider().isEmpty() ? 0 : 1)
            + (message.getAnyCount() > 0 ? 1 : 0)
            + (message.getAllCount() > 0 ? 1 : 0)
            + (message.getAllowMissing() ? 1 : 0)
            + (message.getAllowMissingOrFailed() ? 1 : 0);
    at.require(
        given == 1,
        given + " of them",
        "expected exactly one of Provider, Any, All, AllowMissing, AllowMissingOrFailed");
    if (message.getAnyCount() > 0) {
      return any(of(message.getAnyList(), at.field("Any"), true, depth));
    }
    if (message.getAllCount() > 0) {
      Set<Requirement> all = of(message.getAllList(), at.field("All"), false, depth);
      return all.size() == 1
          ? all.iterator().next()
          : new Requirement.All(ImmutableList.copyOf(all));
    }
    if (message.getProvider().isEmpty()) {
      at.field(message.getAllowMissing() ? "AllowMissing" : "AllowMissingOrFailed")
          .require(inAny, "true", "expected it inside of Any only");
      return message.getAllowMissing()
          ? new Requirement.Missing()
          : new Requirement.MissingOrFailed();
    }
    return new Requirement.Provider(at.field("Provider").name(message.getProvider()));
  }

  private static Set<Requirement> of(
      List<JwtRequirement> messages, At at, boolean inAny, int depth) {
    Set<Requirement> requirements = new LinkedHashSet<>();
    for (int i = 0; i < messages.size(); i++) {
      Requirement requirement = requirement(messages.get(i), at.index(i), inAny, depth + 1);
      at.index(i)
          .require(requirements.add(requirement), "a requirement once more", "expected each once");
    }
    // Envoy would take it to be about all providers.
    at.require(
        requirements.stream().anyMatch(one -> !lenient(one)),
        "no provider",
        "expected one beside what is allowed to be missing");
    return requirements;
  }

  private static boolean lenient(Requirement requirement) {
    return requirement instanceof Requirement.Missing
        || requirement instanceof Requirement.MissingOrFailed;
  }

  private static Requirement any(Set<Requirement> any) {
    return any.size() == 1 ? any.iterator().next() : new Requirement.Any(ImmutableList.copyOf(any));
  }

  private static ImmutableList<JwtAuthentication.ClaimToHeader> claims(Jwt jwt, At at) {
    var claims = ImmutableList.<JwtAuthentication.ClaimToHeader>builder();
    Set<String> headers = new HashSet<>();
    for (int i = 0; i < jwt.getClaimToHeadersCount(); i++) {
      ClaimToHeader claim = jwt.getClaimToHeaders(i);
      At here = at.index(i);
      String header = HttpChecks.ownHeader(here.field("Header"), claim.getHeader());
      here.field("Header")
          .require(headers.add(header), Value.quoted(header), "expected every header once");
      here.field("Claim")
          .require(
              claim.getClaim().matches("[^.]+(\\.[^.]+)*") && claim.getClaim().length() <= 256,
              Value.quoted(claim.getClaim()),
              "expected a claim's name, or names with dots between them");
      claims.add(new JwtAuthentication.ClaimToHeader(claim.getClaim(), header));
    }
    return claims.build();
  }
}
