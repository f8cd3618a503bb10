package io.convoy.catalog;

/**
 * What the sidecar of an instance is registered to call: an entry of Consul's {@code
 * Proxy.Upstreams}. Immutable.
 *
 * @param name the service's, or the prepared query's; never empty
 * @param type Consul's {@code DestinationType}; empty stands for {@code service}
 * @param datacenter empty for the registry's own
 * @param address where it is reached beside the sidecar; empty for 127.0.0.1
 * @param port on that address; 0 for none
 */
public record Upstream(String name, String type, String datacenter, String address, int port) {

  /** Short: {@code user:9191}. */
  @Override
  public String toString() {
    return port == 0 ? name : name + ":" + port;
  }
}
