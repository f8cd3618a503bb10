package io.convoy.translation;

import io.convoy.catalog.Catalog;
import io.convoy.policy.DocumentId;
import io.convoy.policy.ServiceIntentions;
import java.util.Optional;

/** Intentions that nobody is there to enforce. */
public final class UnenforcedIntentions {
  private UnenforcedIntentions() {}

  /**
   * A line for the status of a document that says who may call a service without any sidecar: calls
   * are judged where they arrive, and by nobody else. Empty for every other document.
   */
  public static Optional<String> problem(DocumentId document, Catalog catalog) {
    if (!document.kind().equals(ServiceIntentions.KIND)
        || document.name().equals(ServiceIntentions.ANY)) {
      return Optional.empty();
    }
    boolean enforced =
        catalog.service(document.name()).stream()
            .flatMap(service -> service.instances().stream())
            .anyMatch(Sidecars::has);
    return enforced
        ? Optional.empty()
        : Optional.of(
            "service \"%s\" has no instance with a sidecar (%s): nobody enforces this"
                .formatted(document.name(), Sidecars.APP_PORT));
  }
}
