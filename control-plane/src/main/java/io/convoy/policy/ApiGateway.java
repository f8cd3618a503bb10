package io.convoy.policy;

import com.google.common.collect.ImmutableList;

/**
 * A gateway: Consul's {@code api-gateway}. The Envoys whose {@code node.cluster} is its name are
 * its replicas.
 */
public record ApiGateway(DocumentId id, ImmutableList<Listener> listeners) implements Document {

  /**
   * A port that the gateway listens on.
   *
   * @param name unique in the gateway; what a route's {@code SectionName} refers to
   * @param port 1 to 65535, unique in the gateway
   * @param hostname an exact host, {@code *.suffix}, or empty for every host
   */
  public record Listener(String name, int port, String hostname, Protocol protocol) {}

  public enum Protocol {
    HTTP,
    TCP
  }
}
