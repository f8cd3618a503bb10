package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.Maps;
import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.convoy.catalog.Mesh;
import io.convoy.policy.DocumentId;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.ServiceDefaults.Protocol;
import io.convoy.policy.ServiceIntentions;
import io.convoy.translation.http.CallerRules;
import io.convoy.translation.http.Callers;
import io.convoy.translation.http.IntentionFilters;
import io.convoy.translation.http.IntentionTokens;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who may call the service that a sidecar is beside: the content of the filters that decide it.
 *
 * @param checkPath of the health check: it passes where nobody proves who they are
 * @param keepTokens whether a guard behind this looks for tokens as well
 * @param documents about the service
 * @param providers by name, those that there are of those that are named
 */
record Intentions(
    String service,
    Protocol protocol,
    Optional<String> checkPath,
    boolean keepTokens,
    Mesh mesh,
    ImmutableList<ServiceIntentions> documents,
    ImmutableSortedMap<String, JwtProvider> providers) {

  static Intentions of(LocalApplication local, boolean keepTokens, Mesh mesh, Documents documents) {
    return new Intentions(
        local.service(),
        local.protocol(),
        local.checkPath(),
        keepTokens,
        mesh,
        about(local.service(), documents),
        providers(local.service(), documents));
  }

  /** Those that there are of the providers that the service's intentions name. */
  static ImmutableSortedMap<String, JwtProvider> providers(String service, Documents documents) {
    ImmutableSet<String> named =
        about(service, documents).stream()
            .flatMap(document -> document.providers().stream())
            .collect(ImmutableSet.toImmutableSet());
    return ImmutableSortedMap.copyOf(Maps.filterKeys(documents.jwtProviders(), named::contains));
  }

  private static ImmutableList<ServiceIntentions> about(String service, Documents documents) {
    return Stream.of(service, ServiceIntentions.ANY)
        .flatMap(name -> Optional.ofNullable(documents.intentions().get(name)).stream())
        .collect(ImmutableList.toImmutableList());
  }

  ImmutableList<Resource> resources() {
    ImmutableSet<DocumentId> ids =
        Stream.concat(
                documents.stream().map(ServiceIntentions::id),
                providers.values().stream().map(JwtProvider::id))
            .collect(ImmutableSet.toImmutableSet());
    if (protocol == Protocol.TCP) {
      return ImmutableList.of(
          resource(
              IntentionFilters.connections(service),
              IntentionFilters.connections(service, rules()),
              ids));
    }
    return ImmutableList.of(
        resource(
            IntentionFilters.tokens(service), IntentionTokens.filter(providers, keepTokens), ids),
        resource(
            IntentionFilters.requests(service), IntentionFilters.requests(service, rules()), ids));
  }

  private static Resource resource(String name, Message filter, ImmutableSet<DocumentId> ids) {
    return References.resource(
        ResourceType.EXTENSIONS,
        name,
        TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(Any.pack(filter)).build(),
        ids);
  }

  private RBAC rules() {
    if (!mesh.mutualTls()) {
      return documents.isEmpty() ? CallerRules.everybody() : CallerRules.nobody(checkPath);
    }
    if (mesh.authority().isEmpty()) {
      return CallerRules.nobody(Optional.empty());
    }
    return protocol == Protocol.TCP
        ? CallerRules.ofConnections(callers(), mesh.authority().get())
        : CallerRules.ofRequests(callers(), mesh.authority().get(), providers);
  }

  private Callers callers() {
    return Callers.of(about(false), about(true), mesh.defaultIntention());
  }

  private Optional<ServiceIntentions> about(boolean everything) {
    return documents.stream()
        .filter(document -> document.id().name().equals(ServiceIntentions.ANY) == everything)
        .findFirst();
  }

  /** What the documents cannot have as they ask. */
  void report(ImmutableMap<DocumentId, String> refusedProviders, Problems problems) {
    for (ServiceIntentions document : documents) {
      if (!mesh.mutualTls()) {
        problems.add(
            document.id(),
            "mutual TLS is off, so that nobody proves who they are: service \"%s\" takes no calls"
                .formatted(service));
      } else if (protocol == Protocol.TCP && document.needsRequests()) {
        problems.add(
            document.id(),
            "service \"%s\" speaks tcp, which has no requests: it takes no connections of sources with Permissions or JWT"
                .formatted(service));
      }
      for (String name : document.providers()) {
        if (!providers.containsKey(name)) {
          boolean refused = refusedProviders.containsKey(new DocumentId("jwt-provider", name));
          problems.add(
              document.id(),
              (refused
                      ? "the jwt-provider \"%s\" is not used"
                      : "no jwt-provider has the name \"%s\"")
                  .formatted(name));
        }
      }
    }
  }
}
