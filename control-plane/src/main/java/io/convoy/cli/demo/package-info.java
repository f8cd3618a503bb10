/** The demo: real services behind a real gateway, and what changes do to their traffic. */
@NullMarked
package io.convoy.cli.demo;

import org.jspecify.annotations.NullMarked;
