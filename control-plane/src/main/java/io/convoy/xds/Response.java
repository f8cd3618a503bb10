package io.convoy.xds;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.convoy.translation.Resource;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A discovery response in its bytes. Only the nonce is the stream's own: the body may be shared by
 * all streams that are told the same. Immutable.
 *
 * @param nonce the field with its tag
 */
record Response(Body body, ByteString nonce) {

  /**
   * All of a response but its nonce. A resource's own bytes are those that the snapshot holds,
   * never copied before gRPC takes them. Immutable.
   *
   * @param pieces the message, cut at the resources' bytes
   * @param size of all pieces, in bytes
   * @param nonceField the number of the field that is missing
   */
  record Body(String version, ImmutableList<ByteString> pieces, int size, int nonceField) {
    Response with(String nonce) {
      var writer = new Writer();
      writer.string(nonceField, nonce);
      return new Response(this, writer.bytes());
    }
  }

  /** In bytes. */
  int size() {
    return body.size() + nonce.size();
  }

  private ByteString piece(int index) {
    return index < body.pieces().size() ? body.pieces().get(index) : nonce;
  }

  static Body sotw(String typeUrl, String version, Collection<Resource> resources) {
    var writer = new Writer();
    writer.string(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, version);
    writer.string(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, typeUrl);
    for (Resource resource : resources) {
      writer.open(DiscoveryResponse.RESOURCES_FIELD_NUMBER, resource.body().getSerializedSize());
      writer.any(resource.body());
    }
    return writer.finish(version, DiscoveryResponse.NONCE_FIELD_NUMBER);
  }

  static Body delta(
      String typeUrl, String version, Collection<Resource> resources, Collection<String> removed) {
    var writer = new Writer();
    writer.string(DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, version);
    writer.string(DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, typeUrl);
    for (String name : removed) {
      writer.string(DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
    }
    for (Resource resource : resources) {
      writer.wrapped(resource);
    }
    return writer.finish(version, DeltaDiscoveryResponse.NONCE_FIELD_NUMBER);
  }

  /** Writes protobuf's wire format, leaving out the values of the resources. */
  private static final class Writer {
    private final ByteArrayOutputStream between = new ByteArrayOutputStream(1024);
    private final CodedOutputStream output = CodedOutputStream.newInstance(between, 1024);
    private final List<Cut> cuts = new ArrayList<>();

    /** The resource's bytes that come after so many of those between. */
    private record Cut(int at, ByteString value) {}

    void string(int field, String value) {
      try {
        output.writeString(field, value);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void open(int field, int length) {
      try {
        output.writeTag(field, 2);
        output.writeUInt32NoTag(length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void wrapped(Resource resource) {
      String name = resource.key().name();
      int any = resource.body().getSerializedSize();
      open(
          DeltaDiscoveryResponse.RESOURCES_FIELD_NUMBER,
          CodedOutputStream.computeStringSize(
                  io.envoyproxy.envoy.service.discovery.v3.Resource.VERSION_FIELD_NUMBER,
                  resource.version())
              + CodedOutputStream.computeStringSize(
                  io.envoyproxy.envoy.service.discovery.v3.Resource.NAME_FIELD_NUMBER, name)
              + CodedOutputStream.computeTagSize(
                  io.envoyproxy.envoy.service.discovery.v3.Resource.RESOURCE_FIELD_NUMBER)
              + CodedOutputStream.computeUInt32SizeNoTag(any)
              + any);
      string(
          io.envoyproxy.envoy.service.discovery.v3.Resource.VERSION_FIELD_NUMBER,
          resource.version());
      string(io.envoyproxy.envoy.service.discovery.v3.Resource.NAME_FIELD_NUMBER, name);
      open(io.envoyproxy.envoy.service.discovery.v3.Resource.RESOURCE_FIELD_NUMBER, any);
      any(resource.body());
    }

    void any(Any body) {
      string(Any.TYPE_URL_FIELD_NUMBER, body.getTypeUrl());
      if (!body.getValue().isEmpty()) {
        open(Any.VALUE_FIELD_NUMBER, body.getValue().size());
        cuts.add(new Cut(output.getTotalBytesWritten(), body.getValue()));
      }
    }

    ByteString bytes() {
      try {
        output.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return UnsafeByteOperations.unsafeWrap(between.toByteArray());
    }

    Body finish(String version, int nonceField) {
      ByteString all = bytes();
      var pieces = ImmutableList.<ByteString>builderWithExpectedSize(2 * cuts.size() + 1);
      int size = all.size();
      int from = 0;
      for (Cut cut : cuts) {
        pieces.add(all.substring(from, cut.at()));
        pieces.add(cut.value());
        size += cut.value().size();
        from = cut.at();
      }
      pieces.add(all.substring(from));
      return new Body(version, pieces.build(), size, nonceField);
    }
  }

  /** Hands responses to gRPC; this side never reads one. */
  static final MethodDescriptor.Marshaller<Response> MARSHALLER =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Response response) {
          return new Pieces(response);
        }

        @Override
        public Response parse(InputStream stream) {
          throw new UnsupportedOperationException("the server sends responses, it reads none");
        }
      };

  /** Passes bytes on to what copies them. */
  private static final class Sink extends ByteOutput {
    private final OutputStream target;

    Sink(OutputStream target) {
      this.target = target;
    }

    @Override
    public void write(byte value) throws IOException {
      target.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      target.write(bytes, offset, length);
    }

    @Override
    public void writeLazy(byte[] bytes, int offset, int length) throws IOException {
      target.write(bytes, offset, length);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
      var copy = new byte[bytes.remaining()];
      bytes.get(copy);
      target.write(copy);
    }

    @Override
    public void writeLazy(ByteBuffer bytes) throws IOException {
      write(bytes);
    }
  }

  private static final class Pieces extends InputStream implements Drainable, KnownLength {
    private final Response response;
    private final int count;
    private int index;
    private int offset;
    private int remaining;

    Pieces(Response response) {
      this.response = response;
      count = response.body().pieces().size() + 1;
      remaining = response.size();
    }

    @Override
    public int available() {
      return remaining;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int total = remaining;
      var sink = new Sink(target);
      for (; index < count; index++) {
        ByteString piece = response.piece(index);
        // ByteString.writeTo would make a copy for each stream.
        UnsafeByteOperations.unsafeWriteTo(piece.substring(offset), sink);
        offset = 0;
      }
      remaining = 0;
      return total;
    }

    @Override
    public int read() {
      var one = new byte[1];
      return read(one, 0, 1) == -1 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int start, int length) {
      if (remaining == 0) {
        return length == 0 ? 0 : -1;
      }
      int done = 0;
      while (done < length && index < count) {
        ByteString piece = response.piece(index);
        int count = Math.min(length - done, piece.size() - offset);
        piece.substring(offset, offset + count).copyTo(target, start + done);
        done += count;
        offset += count;
        if (offset == piece.size()) {
          index++;
          offset = 0;
        }
      }
      remaining -= done;
      return done;
    }
  }
}
