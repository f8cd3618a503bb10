package io.convoy.bench.dataplane;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.StaticBootstrap;
import io.convoy.translation.Translation;
import io.convoy.translation.Translator;
import java.util.ArrayList;
import java.util.List;

/**
 * A gateway's configuration for a number of services, all of which one backend answers for.
 *
 * @param name for people
 * @param port where a request goes to {@code /s0/}
 * @param caller who has issued the token of the requests: the last that the policies name
 * @param bootstrap of the Envoy
 */
public record Arrangement(String name, int port, Tokens caller, String bootstrap) {

  /**
   * What is asked for of Convoy.
   *
   * @param providers how many providers' tokens every service takes; 0 for no JWT
   * @param limits how many limits every service has; with providers one for each of them
   */
  public record Wish(String name, int services, int providers, int limits) {}

  /** As Convoy translates documents. */
  public static Arrangement convoy(Wish wish, List<Tokens> tokens, int port, int backend) {
    Translation translation = translate(wish, tokens, port, backend);
    Tokens caller = tokens.get(Math.max(0, wish.providers() - 1));
    return new Arrangement(wish.name(), port, caller, StaticBootstrap.of(translation));
  }

  static Translation translate(Wish wish, List<Tokens> tokens, int port, int backend) {
    List<String> documents = new ArrayList<>();
    tokens.subList(0, wish.providers()).forEach(provider -> documents.add(provider.document()));
    List<Service> catalog = new ArrayList<>();
    for (int i = 0; i < wish.services(); i++) {
      catalog.add(Service.of("s" + i, List.of(instance("s" + i, backend))));
      documents.addAll(policies("s" + i, wish, tokens));
    }
    return new Translator(new NodeGroup(NodeGroup.Role.GATEWAY, "gateway", port))
        .translate(Catalog.EMPTY.with(catalog, List.of()), store(documents).policies());
  }

  private static List<String> policies(String service, Wish wish, List<Tokens> tokens) {
    List<String> documents = new ArrayList<>();
    if (wish.providers() > 0) {
      documents.add(
          """
          Kind: security-policy
          Name: %1$s
          TargetRefs: [{Kind: service, Name: %1$s}]
          JWT: {Providers: [%2$s]}
          """
              .formatted(
                  service,
                  String.join(
                      ", ",
                      tokens.subList(0, wish.providers()).stream().map(Tokens::name).toList())));
    }
    for (int i = 0; i < wish.limits(); i++) {
      String selector =
          wish.providers() > 0
              ? "{JWTProvider: %s}, {JWTClaim: {Name: sub, Distinct: true}}"
                  .formatted(tokens.get(i).name())
              : "{Header: {Name: x-user, Distinct: true}}";
      documents.add(
          """
          Kind: backend-traffic-policy
          Name: %1$s-%2$d
          TargetRefs: [{Kind: service, Name: %1$s}]
          RateLimit: {Local: {Rules: [{Limit: {Requests: 1000000, Unit: Second}, Selectors: [%3$s]}]}}
          """
              .formatted(service, i, selector));
    }
    return documents;
  }

  private static PolicyStore store(List<String> texts) {
    ImmutableList<RawDocument> documents =
        DocumentParser.split("bench.yaml", String.join("---\n", texts), 0, 0);
    var store = new PolicyStore();
    store.apply(RawDocument.Source.FILE, documents, List.of());
    store
        .policies()
        .entries()
        .values()
        .forEach(entry ->
            entry
                .problem()
                .ifPresent(problem -> {
                  throw new IllegalStateException(problem);
                }));
    return store;
  }

  private static Instance instance(String service, int port) {
    return new Instance(
        "node",
        service,
        "127.0.0.1",
        port,
        ImmutableSortedSet.of(),
        ImmutableSortedMap.of("convoy-path", "/" + service + "/"),
        1,
        Health.PASSING,
        new Locality("", ""),
        1);
  }
}
