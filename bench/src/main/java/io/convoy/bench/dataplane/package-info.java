/** What a request costs an Envoy, by how its policies are arranged. */
@NullMarked
package io.convoy.bench.dataplane;

import org.jspecify.annotations.NullMarked;
