/** Programs of others (Consul, Envoy) that run on this machine: found, started, ended. */
@NullMarked
package io.convoy.cli.local;

import org.jspecify.annotations.NullMarked;
