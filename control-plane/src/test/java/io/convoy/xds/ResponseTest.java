package io.convoy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Drainable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is on the wire, and that nobody's resources are copied for it. */
class ResponseTest {
  private static final String URL = ResourceType.ENDPOINTS.typeUrl();

  private final byte[] large = new byte[100_000];
  private final List<Resource> resources =
      List.of(
          resource("empty", ByteString.EMPTY),
          resource("small", ByteString.copyFromUtf8("content")),
          resource("large", UnsafeByteOperations.unsafeWrap(large)));

  @Test
  void stateOfTheWorldIsWhatProtobufWouldWrite() throws IOException {
    Arrays.fill(large, (byte) 7);
    var expected = DiscoveryResponse.newBuilder().setVersionInfo("v").setTypeUrl(URL).setNonce("1");
    resources.forEach(resource -> expected.addResources(resource.body()));
    Response response = Response.sotw(URL, "v", resources).with("1");
    assertThat(DiscoveryResponse.parseFrom(drained(response))).isEqualTo(expected.build());
    assertThat(DiscoveryResponse.parseFrom(read(response))).isEqualTo(expected.build());
    assertThat(response.size()).isEqualTo(expected.build().getSerializedSize());
  }

  @Test
  void incrementalIsWhatProtobufWouldWrite() throws IOException {
    var expected =
        DeltaDiscoveryResponse.newBuilder()
            .setSystemVersionInfo("v")
            .setTypeUrl(URL)
            .setNonce("1")
            .addRemovedResources("gone");
    for (Resource resource : resources) {
      expected
          .addResourcesBuilder()
          .setName(resource.key().name())
          .setVersion(resource.version())
          .setResource(resource.body());
    }
    Response response = Response.delta(URL, "v", resources, List.of("gone")).with("1");
    assertThat(DeltaDiscoveryResponse.parseFrom(drained(response))).isEqualTo(expected.build());
    assertThat(DeltaDiscoveryResponse.parseFrom(read(response))).isEqualTo(expected.build());
  }

  @Test
  void whatIsReadInPartIsDrainedFromThereOn() throws IOException {
    Response response = Response.delta(URL, "v", resources, List.of()).with("1");
    byte[] all = read(response);
    try (InputStream stream = Response.MARSHALLER.stream(response)) {
      var bytes = new ByteArrayOutputStream();
      bytes.write(stream.readNBytes(all.length - 50_000));
      ((Drainable) stream).drainTo(bytes);
      assertThat(bytes.toByteArray()).isEqualTo(all);
    }
  }

  @Test
  @SuppressWarnings("ReferenceEquality") // the same array is the point
  void gRpcTakesTheBytesThatTheSnapshotHolds() throws IOException {
    List<byte[]> arrays = new ArrayList<>();
    var target =
        new OutputStream() {
          @Override
          public void write(int one) {}

          @Override
          public void write(byte[] bytes, int offset, int length) {
            arrays.add(bytes);
          }
        };
    try (InputStream stream =
        Response.MARSHALLER.stream(Response.sotw(URL, "v", resources).with("1"))) {
      ((Drainable) stream).drainTo(target);
    }
    assertThat(arrays).anyMatch(bytes -> bytes == large);
  }

  private static Resource resource(String name, ByteString value) {
    Any body = Any.newBuilder().setTypeUrl(URL).setValue(value).build();
    return new Resource(
        new ResourceKey(ResourceType.ENDPOINTS, name),
        body,
        "version-" + name,
        ImmutableSet.of(),
        ImmutableSet.of());
  }

  private static byte[] drained(Response response) throws IOException {
    try (InputStream stream = Response.MARSHALLER.stream(response)) {
      var bytes = new ByteArrayOutputStream();
      assertThat(((Drainable) stream).drainTo(bytes)).isEqualTo(response.size());
      return bytes.toByteArray();
    }
  }

  private static byte[] read(Response response) throws IOException {
    try (InputStream stream = Response.MARSHALLER.stream(response)) {
      return stream.readAllBytes();
    }
  }
}
