/** Services and documents from a folder of YAML. */
@NullMarked
package io.convoy.registry.file;

import org.jspecify.annotations.NullMarked;
