package io.convoy.bench.moves;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import io.convoy.bench.stage.ControlPlane;
import io.convoy.bench.stage.EndpointWatch;
import io.convoy.bench.stage.ManyServices;
import io.convoy.cli.local.ConsulProcess;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How streams are served, and how they name a service's endpoints. */
sealed interface Served {
  /** Its CPU time so far; none where Consul itself is it. */
  Duration cpu();

  /** By which name a stream asks for a service's endpoints. */
  String cluster(String service);

  /** The stream of that number, which asks for these clusters' endpoints. */
  EndpointWatch watch(int stream, List<String> clusters);

  /** A control plane beside Consul, whose clusters are called as the services are. */
  record Plain(ControlPlane server) implements Served {
    @Override
    public Duration cpu() {
      return server.usage().cpu();
    }

    @Override
    public String cluster(String service) {
      return service;
    }

    @Override
    public EndpointWatch watch(int stream, List<String> clusters) {
      return new EndpointWatch(server.xdsPort(), clusters);
    }
  }

  /**
   * Consul's own control plane: each stream is the Envoy beside an instance of a service that has
   * the followed services as its upstreams.
   *
   * @param domain of the mesh's certificates, which is a part of clusters' names
   */
  record Mesh(int xdsPort, String domain) implements Served {
    private static final String PROXY = "follower-";

    static Mesh of(ConsulProcess agent, int xdsPort, int streams, int followed) {
      String upstreams =
          IntStream.range(0, followed)
              .mapToObj(i ->
                  "{\"DestinationName\": \"%s\", \"LocalBindPort\": %d}"
                      .formatted(ManyServices.name(i), 20_000 + i))
              .collect(Collectors.joining(", "));
      for (int i = 0; i < streams; i++) {
        agent
            .api()
            .register(
                """
                {"Kind": "connect-proxy", "Name": "follower-proxy", "ID": "%s%d",
                 "Address": "127.0.0.1", "Port": %d,
                 "Proxy": {"DestinationServiceName": "follower", "Upstreams": [%s]}}
                """
                    .formatted(PROXY, i, 30_000 + i, upstreams));
      }
      return new Mesh(xdsPort, domain(agent.api().get("/v1/connect/ca/roots")));
    }

    private static String domain(String roots) {
      var answer = Struct.newBuilder();
      try {
        JsonFormat.parser().merge(roots, answer);
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException("Consul answers of its roots: " + roots, e);
      }
      return answer.getFieldsOrThrow("TrustDomain").getStringValue();
    }

    @Override
    public Duration cpu() {
      return Duration.ZERO;
    }

    @Override
    public String cluster(String service) {
      return service + ".default.dc1.internal." + domain;
    }

    @Override
    public EndpointWatch watch(int stream, List<String> clusters) {
      Node node = Node.newBuilder().setId(PROXY + stream).setCluster("follower").build();
      return new EndpointWatch(xdsPort, node, clusters, true);
    }
  }
}
