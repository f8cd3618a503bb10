/** Endpoints that move in Consul, and streams that are told. */
@NullMarked
package io.convoy.bench.moves;

import org.jspecify.annotations.NullMarked;
