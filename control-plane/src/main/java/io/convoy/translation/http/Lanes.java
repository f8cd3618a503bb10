package io.convoy.translation.http;

import com.google.common.collect.ImmutableSortedMap;

/**
 * The lanes of a listener, each with the number of its slots. Immutable.
 *
 * <p>Some are prepared before any policy needs them: while they last, no policy changes a listener.
 */
public record Lanes(ImmutableSortedMap<Lane, Integer> slots) {
  /** A few dozen of each cost an Envoy less than one change of its listener. */
  public static final Lanes PREPARED =
      new Lanes(
          ImmutableSortedMap.<Lane, Integer>naturalOrder()
              .put(new Lane(Lane.Kind.JWT, 0), 16)
              .put(new Lane(Lane.Kind.REVOCATION, 0), 8)
              .put(new Lane(Lane.Kind.AUTHORIZATION, 0), 16)
              .put(new Lane(Lane.Kind.LIMIT, 0), 64)
              .put(new Lane(Lane.Kind.LIMIT, 1), 16)
              .put(new Lane(Lane.Kind.LIMIT, 2), 16)
              .put(new Lane(Lane.Kind.LIMIT, 3), 16)
              .put(new Lane(Lane.Kind.PROVIDER_LIMIT, 0), 64)
              .put(new Lane(Lane.Kind.PROVIDER_LIMIT, 1), 16)
              .build());
}
