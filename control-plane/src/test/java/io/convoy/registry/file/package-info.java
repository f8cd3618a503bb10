/** The file registry on real folders. */
@NullMarked
package io.convoy.registry.file;

import org.jspecify.annotations.NullMarked;
