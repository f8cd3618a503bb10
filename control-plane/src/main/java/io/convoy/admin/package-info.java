/** The read-only HTTP endpoint for people and tools. */
@NullMarked
package io.convoy.admin;

import org.jspecify.annotations.NullMarked;
