package io.convoy.xds;

import io.convoy.translation.Resource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a stream's client has refused of one type, with its words. The oldest are forgotten beyond
 * {@value #LIMIT}.
 */
final class Rejections {
  private static final int LIMIT = 1_000;

  private record Content(String name, String version) {}

  private final Map<Content, String> messages =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Content, String> eldest) {
          return size() > LIMIT;
        }
      };

  void add(String name, String version, String message) {
    messages.put(new Content(name, version), message);
  }

  void forget(String name, String version) {
    messages.remove(new Content(name, version));
  }

  boolean isEmpty() {
    return messages.isEmpty();
  }

  boolean contains(String name, String version) {
    return !messages.isEmpty() && messages.containsKey(new Content(name, version));
  }

  /** The words about a resource that is still in {@code snapshot}; null when there is none. */
  @Nullable String current(Map<String, Resource> snapshot) {
    for (Map.Entry<Content, String> entry : messages.entrySet()) {
      Resource resource = snapshot.get(entry.getKey().name());
      if (resource != null && resource.version().equals(entry.getKey().version())) {
        return entry.getValue();
      }
    }
    return null;
  }

  @Nullable String message(String name, String version) {
    return messages.get(new Content(name, version));
  }
}
