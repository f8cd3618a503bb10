/** The catalogs that servers are fed and what changes in them. */
@NullMarked
package io.convoy.bench.workload;

import org.jspecify.annotations.NullMarked;
