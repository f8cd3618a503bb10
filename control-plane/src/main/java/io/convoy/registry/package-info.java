/** Where services and documents come from. */
@NullMarked
package io.convoy.registry;

import org.jspecify.annotations.NullMarked;
