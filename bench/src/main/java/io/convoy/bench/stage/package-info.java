/** Real parts that benchmarks run: Consul, Convoy, an Envoy, services behind it. */
@NullMarked
package io.convoy.bench.stage;

import org.jspecify.annotations.NullMarked;
