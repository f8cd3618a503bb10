package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import io.convoy.policy.BackendTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RouteSettings;

/**
 * What the traffic policies of a place say about requests there, wherever the rest of them acts.
 *
 * @param documents that say anything
 */
record PlaceTraffic(RouteSettings settings, ImmutableSet<DocumentId> documents) {

  /** Each field of the most specific policy that gives it. */
  static PlaceTraffic at(Place place, Documents documents) {
    RouteSettings settings = RouteSettings.NONE;
    var found = ImmutableSet.<DocumentId>builder();
    for (Attachments.Applied<BackendTrafficPolicy> applied :
        documents.traffic().at(place.whole())) {
      RouteSettings own = applied.policy().route();
      if (!own.equals(RouteSettings.NONE)) {
        settings = settings.or(own);
        found.add(applied.policy().id());
      }
    }
    return new PlaceTraffic(settings, found.build());
  }
}
