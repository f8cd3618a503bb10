package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.policy.TerminatingGateway;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the instances of a service that have no sidecar are called.
 *
 * @param document that says so
 * @param linked absent where the document is refused and was never good: then they are not called,
 *     because plain text may be what it is there to end
 */
record Outside(DocumentId document, Optional<TerminatingGateway.Linked> linked) {

  /** A refused document, and a service that it names. */
  record Refused(DocumentId document, String service) {}

  /** By service; a document that is in force comes before one that is not. */
  static ImmutableMap<String, Outside> of(
      ImmutableList<Documents.Aged<TerminatingGateway>> oldestFirst, List<Refused> refused) {
    Map<String, Outside> services = new LinkedHashMap<>();
    for (var aged : oldestFirst) {
      aged.policy()
          .services()
          .forEach((service, linked) ->
              services.putIfAbsent(service, new Outside(aged.policy().id(), Optional.of(linked))));
    }
    refused.forEach(
        one -> services.putIfAbsent(one.service(), new Outside(one.document(), Optional.empty())));
    return ImmutableMap.copyOf(services);
  }

  Optional<TerminatingGateway.Tls> tls() {
    return linked.flatMap(TerminatingGateway.Linked::tls);
  }

  /** Whether requests get the host that is called. */
  boolean hostRewrite() {
    return linked.filter(TerminatingGateway.Linked::hostRewrite).isPresent();
  }

  /** Says of services that do not exist, and of those that an older document is about. */
  static void report(Documents documents, ImmutableSet<String> services, Problems problems) {
    for (var aged : documents.terminating()) {
      DocumentId id = aged.policy().id();
      for (String service : aged.policy().services().keySet()) {
        Outside counts = documents.outside().get(service);
        if (counts != null && !counts.document.equals(id)) {
          problems.add(
              id,
              "service \"%s\" is that of %s, which is older".formatted(service, counts.document));
        }
        if (!services.contains(service)) {
          problems.add(id, "service \"%s\" is not in the catalog".formatted(service));
        }
      }
    }
  }
}
