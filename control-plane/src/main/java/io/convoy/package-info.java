/** Convoy, an Envoy xDS control plane on Consul. */
@NullMarked
package io.convoy;

import org.jspecify.annotations.NullMarked;
