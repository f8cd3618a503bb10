/** The Consul registry on real and on hostile agents. */
@NullMarked
package io.convoy.registry.consul;

import org.jspecify.annotations.NullMarked;
