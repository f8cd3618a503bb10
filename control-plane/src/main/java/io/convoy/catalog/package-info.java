/** The services and their instances, as Convoy sees them; knows neither Consul nor Envoy. */
@NullMarked
package io.convoy.catalog;

import org.jspecify.annotations.NullMarked;
