package io.convoy.translation.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Mesh.DefaultIntention;
import io.convoy.policy.DocumentId;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.RequestMatch;
import io.convoy.policy.ServiceIntentions;
import io.convoy.policy.ServiceIntentions.Action;
import io.convoy.policy.ServiceIntentions.Decision;
import io.convoy.policy.ServiceIntentions.Permission;
import io.convoy.policy.ServiceIntentions.Source;
import io.convoy.policy.ServiceIntentions.Token;
import io.convoy.translation.http.RbacModel.Call;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The rules decide as one would who reads the documents from the top. */
class CallerRulesTest {
  private static final Mesh.Authority AUTHORITY = new Mesh.Authority("1.2-3.consul", "dc1");
  private static final ImmutableMap<String, JwtProvider> PROVIDERS =
      ImmutableMap.of(
          "okta",
          new JwtProvider(
              new DocumentId("jwt-provider", "okta"),
              "https://okta.test",
              ImmutableList.of(),
              ImmutableList.of(),
              false,
              Optional.empty(),
              30,
              new JwtProvider.Keys.File("/keys"),
              0));

  @Property(tries = 2000)
  void requestsAreDecidedByTheFirstThatMatches(
      @ForAll("own") Optional<ServiceIntentions> own,
      @ForAll("general") Optional<ServiceIntentions> general,
      @ForAll DefaultIntention others,
      @ForAll("calls") Call call) {
    Callers callers = Callers.of(own, general, others);
    var rules = new RbacModel(CallerRules.ofRequests(callers, AUTHORITY, PROVIDERS));
    assertThat(rules.allows(call)).isEqualTo(decide(own, general, others, call, true));
  }

  @Property(tries = 1000)
  void connectionsHaveNoRequests(
      @ForAll("own") Optional<ServiceIntentions> own,
      @ForAll("general") Optional<ServiceIntentions> general,
      @ForAll DefaultIntention others,
      @ForAll("calls") Call call) {
    Callers callers = Callers.of(own, general, others);
    var rules = new RbacModel(CallerRules.ofConnections(callers, AUTHORITY));
    assertThat(rules.allows(call)).isEqualTo(decide(own, general, others, call, false));
  }

  @Example
  void whoIsOfAnotherDomainIsNobodyHere() {
    Callers callers =
        Callers.of(
            Optional.of(
                document(
                    "api", List.of(new Source("web", always(Action.ALLOW)), any(Action.ALLOW)))),
            Optional.empty(),
            DefaultIntention.DENY);
    var rules = new RbacModel(CallerRules.ofConnections(callers, AUTHORITY));
    assertThat(rules.allows(from("spiffe://1.2-3.consul/ns/default/dc/dc9/svc/web"))).isTrue();
    for (String stranger :
        List.of(
            "spiffe://1x2-3.consul/ns/default/dc/dc1/svc/web",
            "spiffe://other.consul/ns/default/dc/dc1/svc/web",
            "spiffe://1.2-3.consul/ns/team/dc/dc1/svc/web",
            "spiffe://1.2-3.consul/ns/default/dc/dc1/svc/web/x",
            "spiffe://1.2-3.consul/ap/p/ns/default/dc/dc1/svc/web",
            "spiffe://1.2-3.consul/gateway/mesh/dc/dc1",
            "xspiffe://1.2-3.consul/ns/default/dc/dc1/svc/web",
            "")) {
      assertThat(rules.allows(from(stranger))).as(stranger).isFalse();
    }
  }

  /** A dot in a name is a dot. */
  @Example
  void namesAreNoExpressions() {
    Callers callers =
        Callers.of(
            Optional.of(document("api", List.of(new Source("a.b", always(Action.ALLOW))))),
            Optional.empty(),
            DefaultIntention.DENY);
    var rules = new RbacModel(CallerRules.ofConnections(callers, AUTHORITY));
    assertThat(rules.allows(from(AUTHORITY.spiffeId("a.b")))).isTrue();
    assertThat(rules.allows(from(AUTHORITY.spiffeId("axb")))).isFalse();
  }

  @Example
  void withoutAnAuthorityThereIsNobodyOrEverybody() {
    assertThat(new RbacModel(CallerRules.everybody()).allows(from(""))).isTrue();
    assertThat(new RbacModel(CallerRules.nobody(Optional.empty())).allows(from(""))).isFalse();
    var check = new RbacModel(CallerRules.nobody(Optional.of("/health")));
    assertThat(check.allows(new Call("", "GET", "/health", ImmutableMap.of()))).isTrue();
    assertThat(check.allows(new Call("", "GET", "/health/x", ImmutableMap.of()))).isFalse();
  }

  private static Call from(String identity) {
    return new Call(identity, "GET", "/", ImmutableMap.of());
  }

  /** The reference: as Consul's documentation tells it. */
  private static boolean decide(
      Optional<ServiceIntentions> own,
      Optional<ServiceIntentions> general,
      DefaultIntention others,
      Call call,
      boolean requests) {
    boolean otherwise = others == DefaultIntention.ALLOW;
    String caller = call.identity().substring(call.identity().lastIndexOf('/') + 1);
    for (ServiceIntentions document : Stream.of(own, general).flatMap(Optional::stream).toList()) {
      for (String name : List.of(caller, "*")) {
        for (Source source : document.sources()) {
          if (source.name().equals(name)) {
            return decide(document, source, otherwise, call, requests);
          }
        }
      }
    }
    return otherwise;
  }

  private static boolean decide(
      ServiceIntentions document, Source source, boolean otherwise, Call call, boolean requests) {
    if (!document.tokens().isEmpty() && !(requests && has(document.tokens(), call))) {
      return false;
    }
    return switch (source.decision()) {
      case Decision.Always(Action action) -> action == Action.ALLOW;
      case Decision.ByRequest(ImmutableList<Permission> permissions) -> {
        if (!requests) {
          yield false;
        }
        for (Permission permission : permissions) {
          boolean matches =
              permission.path().filter(path -> !call.path().startsWith(path.value())).isEmpty()
                  && (permission.methods().isEmpty()
                      || permission.methods().contains(call.method()));
          if (matches) {
            yield permission.action() == Action.ALLOW
                && (permission.tokens().isEmpty() || has(permission.tokens(), call));
          }
        }
        yield otherwise;
      }
    };
  }

  private static boolean has(ImmutableList<Token> tokens, Call call) {
    return tokens.stream()
        .anyMatch(token ->
            token.provider().equals("okta")
                && "https://okta.test".equals(call.claims().get("intentions/okta/iss")));
  }

  @Provide
  Arbitrary<Optional<ServiceIntentions>> own() {
    return documents("api", decisions());
  }

  @Provide
  Arbitrary<Optional<ServiceIntentions>> general() {
    return documents("*", Arbitraries.of(Action.class).map(CallerRulesTest::always));
  }

  @Provide
  Arbitrary<Call> calls() {
    return Combinators.combine(
            Arbitraries.of("a", "b", "c"),
            Arbitraries.of("GET", "PUT"),
            Arbitraries.of("/", "/x", "/x/y", "/z"),
            Arbitraries.of(
                ImmutableMap.<String, String>of(),
                ImmutableMap.of("intentions/okta/iss", "https://okta.test"),
                ImmutableMap.of("jwt/iss", "https://okta.test")))
        .as((caller, method, path, claims) ->
            new Call(AUTHORITY.spiffeId(caller), method, path, claims));
  }

  private static Arbitrary<Optional<ServiceIntentions>> documents(
      String name, Arbitrary<Decision> decisions) {
    Arbitrary<Source> sources =
        Combinators.combine(Arbitraries.of("a", "b", "*"), decisions).as(Source::new);
    return Combinators.combine(
            sources.list().ofMinSize(1).ofMaxSize(3).uniqueElements(Source::name), tokens())
        .as((list, tokens) ->
            new ServiceIntentions(
                new DocumentId(ServiceIntentions.KIND, name), ImmutableList.copyOf(list), tokens))
        .optional();
  }

  private static Arbitrary<Decision> decisions() {
    Arbitrary<Permission> permissions =
        Combinators.combine(
                Arbitraries.of(Action.class),
                Arbitraries.of("/", "/x", "/x/y")
                    .<RequestMatch.Path>map(path -> new RequestMatch.Path.Prefix(path, false))
                    .optional(),
                Arbitraries.of("GET", "PUT").set().ofMaxSize(2).map(ImmutableSet::copyOf),
                tokens())
            .as((action, path, methods, tokens) ->
                new Permission(action, path, methods, ImmutableList.of(), tokens));
    return Arbitraries.oneOf(
        Arbitraries.of(Action.class).map(CallerRulesTest::always),
        permissions
            .list()
            .ofMinSize(1)
            .ofMaxSize(4)
            .map(list -> new Decision.ByRequest(ImmutableList.copyOf(list))));
  }

  private static Arbitrary<ImmutableList<Token>> tokens() {
    return Arbitraries.frequency(
            net.jqwik.api.Tuple.of(6, List.<String>of()),
            net.jqwik.api.Tuple.of(2, List.of("okta")),
            net.jqwik.api.Tuple.of(1, List.of("nobody")),
            net.jqwik.api.Tuple.of(1, List.of("nobody", "okta")))
        .map(names ->
            names.stream()
                .map(name -> new Token(name, ImmutableList.of()))
                .collect(ImmutableList.toImmutableList()));
  }

  private static Decision always(Action action) {
    return new Decision.Always(action);
  }

  private static Source any(Action action) {
    return new Source("*", always(action));
  }

  private static ServiceIntentions document(String name, List<Source> sources) {
    return new ServiceIntentions(
        new DocumentId(ServiceIntentions.KIND, name),
        ImmutableList.copyOf(sources),
        ImmutableList.of());
  }
}
