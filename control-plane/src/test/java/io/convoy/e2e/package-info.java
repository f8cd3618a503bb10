/** Convoy as a whole, between a real Consul and real Envoys. */
@NullMarked
package io.convoy.e2e;

import org.jspecify.annotations.NullMarked;
