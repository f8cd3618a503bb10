@NullMarked
package io.convoy.translation;

import org.jspecify.annotations.NullMarked;
