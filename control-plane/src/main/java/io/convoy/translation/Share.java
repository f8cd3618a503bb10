package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.policy.HeaderModifier;

/**
 * A part of a route's traffic.
 *
 * @param headers applied to requests and responses of this share, outermost first
 * @param namedBy the document that names the cluster's service
 * @param services that the way here has passed, the cluster's own among them
 */
record Share(
    ClusterPlan cluster,
    Fraction weight,
    ImmutableList<Headers> headers,
    DocumentId namedBy,
    ImmutableSet<String> services) {

  record Headers(HeaderModifier request, HeaderModifier response) {
    boolean isEmpty() {
      return request.equals(HeaderModifier.NONE) && response.equals(HeaderModifier.NONE);
    }
  }
}
