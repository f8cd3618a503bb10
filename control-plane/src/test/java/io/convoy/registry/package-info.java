/** What tests of registries share. */
@NullMarked
package io.convoy.registry;

import org.jspecify.annotations.NullMarked;
