package io.convoy.registry;

import com.google.common.collect.ImmutableSet;

/** A place that services or documents come from. */
public interface Registry extends AutoCloseable {

  /** The parts that report {@link RegistryListener#up}; none is served before each has, once. */
  ImmutableSet<String> parts();

  /** Starts to watch, on threads of its own, and returns at once. Called once. */
  void start(RegistryListener listener);

  /**
   * Asks for the certificates of these services, in place of those that were asked for before, and
   * returns at once: the listener is told of each, and of those that come after it. A registry that
   * has none does nothing.
   */
  default void certify(ImmutableSet<String> services) {}

  /** Ends the threads. No call to the listener is made after it returns. */
  @Override
  void close();
}
