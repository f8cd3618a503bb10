/** The tables of the documentation, and plots of them. */
@NullMarked
package io.convoy.bench.tables;

import org.jspecify.annotations.NullMarked;
