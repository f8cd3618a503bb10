/** What a process uses, and figures with their spread. */
@NullMarked
package io.convoy.bench.measure;

import org.jspecify.annotations.NullMarked;
