/** The HTTP filters of a listener: one class each, and one list for their order. */
@NullMarked
package io.convoy.translation.http;

import org.jspecify.annotations.NullMarked;
