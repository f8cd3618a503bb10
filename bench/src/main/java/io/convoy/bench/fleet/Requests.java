package io.convoy.bench.fleet;

import com.google.protobuf.MessageLite;
import com.google.rpc.Status;
import io.convoy.bench.workload.Workload;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Writes requests. Lists of names, which clients have in common, are encoded once. Thread-safe. */
final class Requests {
  // As Envoy puts it; see google.rpc.Code.
  private static final int INVALID_ARGUMENT = 3;

  private final Expectation expectation;
  private final Protocol protocol;
  private final Map<BitSet, byte[]> lists = new ConcurrentHashMap<>();

  Requests(Expectation expectation, Protocol protocol) {
    this.expectation = expectation;
    this.protocol = protocol;
  }

  static Node node(int client) {
    return Node.newBuilder()
        .setId("envoy-" + client)
        .setCluster(Workload.GROUP.cluster())
        .setUserAgentName("envoy")
        .build();
  }

  /**
   * A request of either variant.
   *
   * @param names in the incremental variant those to subscribe to, else all that are asked for
   * @param version and {@code nonce}: of the response that is acknowledged; empty at first
   * @param error why that response is refused; empty where it is not
   * @param node the default instance leaves it out
   */
  byte[] request(
      ResourceType type, BitSet names, String version, String nonce, String error, Node node) {
    byte[] list = names.isEmpty() ? new byte[0] : lists.computeIfAbsent(copy(names), this::list);
    return switch (protocol) {
      case delta -> {
        var request =
            DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl()).setResponseNonce(nonce);
        if (!error.isEmpty()) {
          request.setErrorDetail(status(error));
        }
        yield join(list, (node.getId().isEmpty() ? request : request.setNode(node)).build());
      }
      case sotw -> {
        var request =
            DiscoveryRequest.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setResponseNonce(nonce)
                .setVersionInfo(version);
        if (!error.isEmpty()) {
          request.setErrorDetail(status(error));
        }
        yield join(list, (node.getId().isEmpty() ? request : request.setNode(node)).build());
      }
    };
  }

  private static Status status(String error) {
    return Status.newBuilder().setCode(INVALID_ARGUMENT).setMessage(error).build();
  }

  /**
   * The first incremental request of a client that comes back with what {@code held} numbers. What
   * others have meanwhile in another content it leaves out, and gets again.
   */
  byte[] resume(ResourceType type, BitSet names, long[] held, Node node) {
    var request = DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    for (int number = 0; number < held.length; number++) {
      if (held[number] != 0 && expectation.key(number).type() == type) {
        String version = expectation.version(number, held[number]);
        if (version != null) {
          request.putInitialResourceVersions(expectation.key(number).name(), version);
        }
      }
    }
    byte[] list = names.isEmpty() ? new byte[0] : lists.computeIfAbsent(copy(names), this::list);
    return join(list, (node.getId().isEmpty() ? request : request.setNode(node)).build());
  }

  private static BitSet copy(BitSet names) {
    return (BitSet) names.clone();
  }

  private byte[] list(BitSet numbers) {
    List<String> names = numbers.stream().mapToObj(n -> expectation.key(n).name()).toList();
    return switch (protocol) {
      case delta ->
          DeltaDiscoveryRequest.newBuilder()
              .addAllResourceNamesSubscribe(names)
              .build()
              .toByteArray();
      case sotw -> DiscoveryRequest.newBuilder().addAllResourceNames(names).build().toByteArray();
    };
  }

  /** Messages one after the other are one message with the fields of both. */
  private static byte[] join(byte[] first, MessageLite second) {
    var joined = new ByteArrayOutputStream(first.length + second.getSerializedSize());
    try {
      joined.write(first);
      second.writeTo(joined);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return joined.toByteArray();
  }
}
