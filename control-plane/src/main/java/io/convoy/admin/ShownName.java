package io.convoy.admin;

import io.convoy.policy.DocumentId;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceType;
import java.util.stream.Collectors;

/**
 * The names of resources as people and tools see them. The slot of a listener has its name before
 * any document is in it; here the documents follow: {@code
 * limit-0/12:backend-traffic-policy/user-limit}.
 */
final class ShownName {
  private static final char SEPARATOR = ':';

  private ShownName() {}

  static String of(Resource resource) {
    String name = resource.key().name();
    return resource.key().type() == ResourceType.EXTENSIONS && !resource.documents().isEmpty()
        ? name
            + SEPARATOR
            + resource.documents().stream()
                .sorted()
                .map(DocumentId::toString)
                .collect(Collectors.joining(","))
        : name;
  }

  /** The resource's own name in one that is shown; without documents it is the same. */
  static String own(ResourceType type, String shown) {
    int end = type == ResourceType.EXTENSIONS ? shown.indexOf(SEPARATOR) : -1;
    return end < 0 ? shown : shown.substring(0, end);
  }
}
