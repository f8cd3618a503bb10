package io.convoy.policy;

/**
 * What a policy is attached to. The order of the permitted types is the order of precedence: where
 * policies of several levels say different things about one request, the last counts.
 */
public sealed interface TargetRef {

  /** All requests at a gateway; {@code section}: a listener's name, or empty for all of them. */
  record Gateway(String name, String section) implements TargetRef {}

  /** All requests to a service. */
  record Service(String name) implements TargetRef {}

  /** All requests that an {@code http-route} takes. */
  record Route(String name) implements TargetRef {}

  /** All requests that one rule of an {@code http-route} takes; {@code rule} counts from 0. */
  record Rule(String name, int rule) implements TargetRef {}
}
