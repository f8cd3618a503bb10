package io.convoy.translation;

/** The kinds of resource that Envoy asks for, in the order in which additions are sent. */
public enum ResourceType {
  CLUSTERS("clusters", "type.googleapis.com/envoy.config.cluster.v3.Cluster", true),
  SECRETS("secrets", "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret", false),
  ENDPOINTS(
      "endpoints", "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", false),
  EXTENSIONS("extensions", "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig", false),
  LISTENERS("listeners", "type.googleapis.com/envoy.config.listener.v3.Listener", true),
  ROUTES("routes", "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", false);

  private final String label;
  private final String typeUrl;
  private final boolean wildcard;

  ResourceType(String label, String typeUrl, boolean wildcard) {
    this.label = label;
    this.typeUrl = typeUrl;
    this.wildcard = wildcard;
  }

  /** The name in the admin's paths and in metrics. */
  public String label() {
    return label;
  }

  public String typeUrl() {
    return typeUrl;
  }

  /**
   * Whether a first request that names nothing asks for everything (Envoy's xDS protocol: LDS and
   * CDS only).
   */
  public boolean wildcard() {
    return wildcard;
  }
}
