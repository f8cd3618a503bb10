/**
 * A fleet of simulated Envoys: real gRPC clients of an ADS server that keep what they are told as
 * fingerprints.
 */
@NullMarked
package io.convoy.bench.fleet;

import org.jspecify.annotations.NullMarked;
