package io.convoy.translation;

import io.convoy.policy.DocumentId;
import java.util.HashMap;
import java.util.Map;

/** When policies were created: the lower, the older. */
final class Ages {
  private final Map<DocumentId, Long> created = new HashMap<>();

  Ages(Documents documents) {
    documents
        .securityPolicies()
        .forEach(aged -> created.put(aged.policy().id(), aged.createIndex()));
    documents
        .trafficPolicies()
        .forEach(aged -> created.put(aged.policy().id(), aged.createIndex()));
  }

  /** The age of the youngest policy in it. */
  long of(SlotContent content) {
    return content.documents().stream()
        .mapToLong(id -> created.getOrDefault(id, 0L))
        .max()
        .orElse(0);
  }
}
