/** The benchmarks and their command line. */
@NullMarked
package io.convoy.bench;

import org.jspecify.annotations.NullMarked;
