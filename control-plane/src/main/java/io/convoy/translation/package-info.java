/** Pure functions from catalog and policies to Envoy resources. */
@NullMarked
package io.convoy.translation;

import org.jspecify.annotations.NullMarked;
