package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentId;
import io.convoy.policy.HeaderModifier;

/**
 * A part of a route's traffic.
 *
 * @param headers applied to requests and responses of this share, outermost first
 * @param namedBy the document that names the cluster's service
 */
record Share(
    ClusterPlan cluster, Fraction weight, ImmutableList<Headers> headers, DocumentId namedBy) {

  record Headers(HeaderModifier request, HeaderModifier response) {
    boolean isEmpty() {
      return request.equals(HeaderModifier.NONE) && response.equals(HeaderModifier.NONE);
    }
  }
}
