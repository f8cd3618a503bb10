/** A control plane at work for a moment, for what a JVM can remember of it. */
@NullMarked
package io.convoy.cli.rehearsal;

import org.jspecify.annotations.NullMarked;
