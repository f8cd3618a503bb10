package io.convoy.registry;

import com.google.common.collect.ImmutableSet;

/** A place that services or documents come from. */
public interface Registry extends AutoCloseable {

  /** The parts that report {@link RegistryListener#up}; none is served before each has, once. */
  ImmutableSet<String> parts();

  /** Starts to watch, on threads of its own, and returns at once. Called once. */
  void start(RegistryListener listener);

  /** Ends the threads. No call to the listener is made after it returns. */
  @Override
  void close();
}
