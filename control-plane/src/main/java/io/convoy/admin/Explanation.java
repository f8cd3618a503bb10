package io.convoy.admin;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * {@code /explain}: what an Envoy does with a request. Fields are a contract; absent ones are left
 * out.
 *
 * @param node the Envoy that was asked about; absent where a group was
 * @param listeners one of each that takes requests or connections
 */
record Explanation(
    Optional<String> node,
    String group,
    String method,
    String host,
    String path,
    ImmutableList<Taken> listeners) {

  /**
   * What comes of the request on one listener.
   *
   * @param routes the route configuration
   * @param route its name says of which document, and of which of its rules, it is
   * @param outcome in words
   * @param path as the service gets it, where that is another
   * @param policies what acts, in no particular order
   * @param passedOver routes that take the path and stand before, and why they do not take the
   *     request; the first few
   */
  record Taken(
      String listener,
      String address,
      Optional<String> routes,
      Optional<String> virtualHost,
      Optional<String> route,
      String outcome,
      Optional<String> path,
      ImmutableList<Destination> clusters,
      ImmutableList<Acting> policies,
      ImmutableList<String> passedOver) {}

  /** One cluster, with its share of the requests in percent, and its endpoints by health. */
  record Destination(String cluster, double percent, int healthy, int unhealthy, int draining) {}

  /**
   * What a prepared slot does to the request.
   *
   * @param issuer for the requests with a token of whom; absent: for all
   * @param documents those in the slot
   * @param inForce whether the slot has content: a guard without it denies, a limit lets pass
   */
  record Acting(
      String slot, Optional<String> issuer, ImmutableList<String> documents, boolean inForce) {}
}
