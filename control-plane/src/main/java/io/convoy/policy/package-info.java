/** Documents, parsed and validated. */
@NullMarked
package io.convoy.policy;

import org.jspecify.annotations.NullMarked;
