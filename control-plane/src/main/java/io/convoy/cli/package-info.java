/** The command line. */
@NullMarked
package io.convoy.cli;

import org.jspecify.annotations.NullMarked;
