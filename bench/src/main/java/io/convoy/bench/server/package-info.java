/** The servers that are measured, each in a process of its own. */
@NullMarked
package io.convoy.bench.server;

import org.jspecify.annotations.NullMarked;
