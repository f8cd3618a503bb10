package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.ClusterSettings;
import io.convoy.policy.Document;
import io.convoy.policy.DocumentId;
import io.convoy.policy.ProxyDefaults;
import io.convoy.policy.ServiceDefaults;
import io.convoy.policy.ServiceResolver;
import io.convoy.policy.ServiceRouter;
import io.convoy.policy.ServiceSplitter;
import io.convoy.policy.TargetRef;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Answers questions about the documents of services and notes each with its answer: what was made
 * of the answers holds for as long as they stay the same.
 */
final class ChainDocuments {
  private final Documents documents;
  private final Map<DocumentId, Optional<Document>> asked = new LinkedHashMap<>();
  private final Map<TargetRef, ImmutableList<ClusterPolicy>> attached = new LinkedHashMap<>();
  private final Map<String, Boolean> governed = new LinkedHashMap<>();
  private final Map<String, Optional<Outside>> outside = new LinkedHashMap<>();

  /** What a policy says about clusters. */
  record ClusterPolicy(DocumentId id, ClusterSettings settings) {}

  /** Questions and their answers, those in the negative too. */
  record Answers(
      ImmutableMap<DocumentId, Optional<Document>> asked,
      ImmutableMap<TargetRef, ImmutableList<ClusterPolicy>> attached,
      ImmutableMap<String, Boolean> governed,
      ImmutableMap<String, Optional<Outside>> outside) {

    /** Whether the same questions have the same answers in {@code documents}. */
    boolean stillHold(Documents documents) {
      return asked.entrySet().stream()
              .allMatch(answer -> answer.getValue().equals(find(documents, answer.getKey())))
          && attached.entrySet().stream()
              .allMatch(answer -> answer.getValue().equals(find(documents, answer.getKey())))
          && governed.entrySet().stream()
              .allMatch(
                  answer -> answer.getValue() == documents.governed().contains(answer.getKey()))
          && outside.entrySet().stream()
              .allMatch(
                  answer -> answer.getValue().equals(findOutside(documents, answer.getKey())));
    }

    /** The documents that were found. */
    ImmutableSet<DocumentId> found() {
      var found = ImmutableSet.<DocumentId>builder();
      asked.forEach((id, document) -> document.ifPresent(there -> found.add(id)));
      attached.values().forEach(policies -> policies.forEach(policy -> found.add(policy.id)));
      outside.values().forEach(said -> said.ifPresent(there -> found.add(there.document())));
      return found.build();
    }
  }

  ChainDocuments(Documents documents) {
    this.documents = documents;
  }

  Answers answers() {
    return new Answers(
        ImmutableMap.copyOf(asked),
        ImmutableMap.copyOf(attached),
        ImmutableMap.copyOf(governed),
        ImmutableMap.copyOf(outside));
  }

  Optional<ServiceDefaults> defaults(String service) {
    return ask("service-defaults", service).map(ServiceDefaults.class::cast);
  }

  Optional<ProxyDefaults> proxyDefaults() {
    return ask(ProxyDefaults.ID).map(ProxyDefaults.class::cast);
  }

  Optional<ServiceRouter> router(String service) {
    return ask("service-router", service).map(ServiceRouter.class::cast);
  }

  Optional<ServiceSplitter> splitter(String service) {
    return ask("service-splitter", service).map(ServiceSplitter.class::cast);
  }

  Optional<ServiceResolver> resolver(String service) {
    return ask("service-resolver", service).map(ServiceResolver.class::cast);
  }

  /**
   * What traffic policies say about a service's clusters at a gateway, the most specific first, of
   * one target the oldest.
   */
  ImmutableList<ClusterPolicy> policies(String gateway, String service) {
    return ImmutableList.<ClusterPolicy>builder()
        .addAll(ask(new TargetRef.Service(service)))
        .addAll(ask(new TargetRef.Gateway(gateway, "")))
        .build();
  }

  private ImmutableList<ClusterPolicy> ask(TargetRef target) {
    return attached.computeIfAbsent(target, key -> find(documents, key));
  }

  /** Whether the service's own sidecars apply its policies. */
  boolean governed(String service) {
    return governed.computeIfAbsent(service, documents.governed()::contains);
  }

  /** How the service's instances without a sidecar are called, where anything is said of that. */
  Optional<Outside> outside(String service) {
    return outside.computeIfAbsent(service, name -> findOutside(documents, name));
  }

  private static Optional<Outside> findOutside(Documents documents, String service) {
    return Optional.ofNullable(documents.outside().get(service));
  }

  /** What the service speaks: HTTP where no document says otherwise. */
  ServiceDefaults.Protocol protocol(String service) {
    return defaults(service)
        .flatMap(ServiceDefaults::protocol)
        .or(() -> proxyDefaults().flatMap(ProxyDefaults::protocol))
        .orElse(ServiceDefaults.Protocol.HTTP);
  }

  /** Whether sidecars of the service let those in who do not prove who they are. */
  boolean permissive(String service) {
    return defaults(service)
            .flatMap(ServiceDefaults::mutualTls)
            .or(() -> proxyDefaults().flatMap(ProxyDefaults::mutualTls))
            .orElse(ServiceDefaults.MutualTlsMode.STRICT)
        == ServiceDefaults.MutualTlsMode.PERMISSIVE;
  }

  private static Optional<Document> find(Documents documents, DocumentId id) {
    return Optional.ofNullable(documents.chains().get(id));
  }

  private static ImmutableList<ClusterPolicy> find(Documents documents, TargetRef target) {
    return documents.traffic().byTarget().get(target).stream()
        .filter(policy -> !policy.cluster().equals(ClusterSettings.NONE))
        .map(policy -> new ClusterPolicy(policy.id(), policy.cluster()))
        .collect(ImmutableList.toImmutableList());
  }

  private Optional<Document> ask(String kind, String service) {
    return ask(new DocumentId(kind, service));
  }

  private Optional<Document> ask(DocumentId document) {
    return asked.computeIfAbsent(document, id -> find(documents, id));
  }
}
