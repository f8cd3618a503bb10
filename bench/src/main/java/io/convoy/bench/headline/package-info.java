/**
 * The headline: policies that change all the time, and Envoys that have to hold the last of each.
 */
@NullMarked
package io.convoy.bench.headline;

import org.jspecify.annotations.NullMarked;
