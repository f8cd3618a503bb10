/** The aggregated discovery service: streams, subscriptions, order. */
@NullMarked
package io.convoy.xds;

import org.jspecify.annotations.NullMarked;
