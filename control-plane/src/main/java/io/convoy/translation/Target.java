package io.convoy.translation;

/**
 * What a route sends to: a service's instances, or those of one of its subsets.
 *
 * @param subset empty for all instances
 */
record Target(String service, String subset) {

  /** The cluster's name: {@code user}, or {@code v2.user} for a subset, as Consul writes them. */
  String clusterName() {
    return subset.isEmpty() ? service : subset + "." + service;
  }
}
