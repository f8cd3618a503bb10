/** The single writer: coalesces, versions and publishes. */
@NullMarked
package io.convoy.snapshot;

import org.jspecify.annotations.NullMarked;
