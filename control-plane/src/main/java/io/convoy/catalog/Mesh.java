package io.convoy.catalog;

import java.util.Optional;

/**
 * What is known of the mesh that the services form. Holds no secret. Immutable.
 *
 * @param mutualTls whether sidecars and gateways are to prove to each other who they are
 * @param authority who vouches for that; absent until it was read: then nobody can be told apart,
 *     and what asks for mutual TLS is closed
 * @param defaultIntention whether a service may call another that no intention is about
 */
public record Mesh(
    boolean mutualTls, Optional<Authority> authority, DefaultIntention defaultIntention) {
  /** Nobody proves who they are. */
  public static final Mesh NONE = new Mesh(false, Optional.empty(), DefaultIntention.DENY);

  /** With mutual TLS, of which nothing is known yet. */
  public static final Mesh UNKNOWN = new Mesh(true, Optional.empty(), DefaultIntention.DENY);

  /**
   * The authority that signs the certificates of services.
   *
   * @param trustDomain such as {@code 11111111-2222-3333-4444-555555555555.consul}
   * @param datacenter of the agent whose authority it is
   */
  public record Authority(String trustDomain, String datacenter) {

    /** The name in a service's certificate, as Consul writes it. */
    public String spiffeId(String service) {
      return prefix() + "ns/default/dc/" + datacenter + "/svc/" + service;
    }

    /** What every name begins with that the authority vouches for. */
    public String prefix() {
      return "spiffe://" + trustDomain + "/";
    }
  }

  /** What holds where no intention does. */
  public enum DefaultIntention {
    ALLOW,
    DENY
  }

  public Mesh with(Authority read) {
    return new Mesh(mutualTls, Optional.of(read), defaultIntention);
  }

  public Mesh with(DefaultIntention read) {
    return new Mesh(mutualTls, authority, read);
  }
}
