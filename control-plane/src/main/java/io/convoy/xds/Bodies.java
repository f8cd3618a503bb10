package io.convoy.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceType;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;

/**
 * Makes the bodies of responses. Streams of a group are told the same most of the time: what one of
 * them is told since the last publish is made once for all. Thread-safe.
 */
final class Bodies {
  /** Of a group, so many different ones are kept until the next publish. */
  static final int KEPT = 16;

  private final Versions versions;
  private final Deque<Made> made = new ArrayDeque<>();

  private record Made(
      ResourceType type,
      Protocol protocol,
      ImmutableList<Resource> content,
      ImmutableSet<String> removed,
      Response.Body body) {

    boolean is(
        ResourceType otherType,
        Protocol otherProtocol,
        Collection<Resource> otherContent,
        Collection<String> otherRemoved) {
      return type == otherType
          && protocol == otherProtocol
          && content.size() == otherContent.size()
          && removed.size() == otherRemoved.size()
          && sameObjects(content, otherContent)
          && removed.containsAll(otherRemoved);
    }

    @SuppressWarnings("ReferenceEquality") // the snapshot's own objects: no need to look into them
    private static boolean sameObjects(Collection<Resource> one, Collection<Resource> other) {
      Iterator<Resource> others = other.iterator();
      for (Resource resource : one) {
        if (resource != others.next()) {
          return false;
        }
      }
      return true;
    }
  }

  Bodies(Versions versions) {
    this.versions = versions;
  }

  /**
   * The resources and removals in any order; those that are told the same mostly have them in the
   * same, in which they were looked at. The body has them by name.
   */
  synchronized Response.Body of(
      ResourceType type,
      Protocol protocol,
      Collection<Resource> content,
      Collection<String> removed) {
    for (Made before : made) {
      if (before.is(type, protocol, content, removed)) {
        return before.body();
      }
    }
    var next =
        new Made(
            type,
            protocol,
            ImmutableList.copyOf(content),
            ImmutableSet.copyOf(removed),
            make(type, protocol, sorted(content), ImmutableSortedSet.copyOf(removed)));
    made.addFirst(next);
    if (made.size() > KEPT) {
      made.removeLast();
    }
    return next.body();
  }

  private Response.Body make(
      ResourceType type,
      Protocol protocol,
      Collection<Resource> content,
      Collection<String> removed) {
    String version = versions.of(content, removed);
    return switch (protocol) {
      case SOTW -> Response.sotw(type.typeUrl(), version, content);
      case DELTA -> Response.delta(type.typeUrl(), version, content, removed);
    };
  }

  private static ImmutableList<Resource> sorted(Collection<Resource> content) {
    return ImmutableList.sortedCopyOf(
        Comparator.comparing(resource -> resource.key().name()), content);
  }

  /** There are other resources now: what was made of those before is kept for nobody. */
  synchronized void clear() {
    made.clear();
  }
}
