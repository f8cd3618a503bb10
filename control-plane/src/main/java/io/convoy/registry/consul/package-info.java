/** Services and documents from a Consul agent, over blocking queries. */
@NullMarked
package io.convoy.registry.consul;

import org.jspecify.annotations.NullMarked;
