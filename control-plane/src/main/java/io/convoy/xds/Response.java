package io.convoy.xds;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.convoy.translation.Resource;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;

/**
 * A discovery response in its bytes. A resource's own bytes are those that the snapshot holds,
 * never copied before gRPC takes them: only the few bytes between them are made for each stream.
 * Immutable.
 *
 * @param pieces the message, cut at the resources' bytes
 * @param size of all pieces, in bytes
 */
record Response(ImmutableList<ByteString> pieces, int size) {

  static Response sotw(
      String typeUrl, String version, String nonce, Collection<Resource> resources) {
    var writer = new Writer();
    writer.string(DiscoveryResponse.VERSION_INFO_FIELD_NUMBER, version);
    writer.string(DiscoveryResponse.TYPE_URL_FIELD_NUMBER, typeUrl);
    writer.string(DiscoveryResponse.NONCE_FIELD_NUMBER, nonce);
    for (Resource resource : resources) {
      writer.open(DiscoveryResponse.RESOURCES_FIELD_NUMBER, resource.body().getSerializedSize());
      writer.any(resource.body());
    }
    return writer.finish();
  }

  static Response delta(
      String typeUrl,
      String version,
      String nonce,
      Collection<Resource> resources,
      Collection<String> removed) {
    var writer = new Writer();
    writer.string(DeltaDiscoveryResponse.SYSTEM_VERSION_INFO_FIELD_NUMBER, version);
    writer.string(DeltaDiscoveryResponse.TYPE_URL_FIELD_NUMBER, typeUrl);
    writer.string(DeltaDiscoveryResponse.NONCE_FIELD_NUMBER, nonce);
    for (String name : removed) {
      writer.string(DeltaDiscoveryResponse.REMOVED_RESOURCES_FIELD_NUMBER, name);
    }
    for (Resource resource : resources) {
      writer.wrapped(resource);
    }
    return writer.finish();
  }

  /** Writes protobuf's wire format, leaving out the values of the resources. */
  private static final class Writer {
    private final ImmutableList.Builder<ByteString> pieces = ImmutableList.builder();
    private ByteString.Output between = ByteString.newOutput();
    private CodedOutputStream output = CodedOutputStream.newInstance(between, 256);
    private int size;

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
        cut();
        pieces.add(body.getValue());
        size += body.getValue().size();
      }
    }

    private void cut() {
      try {
        output.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      ByteString bytes = between.toByteString();
      pieces.add(bytes);
      size += bytes.size();
      between = ByteString.newOutput();
      output = CodedOutputStream.newInstance(between, 256);
    }

    Response finish() {
      cut();
      return new Response(pieces.build(), size);
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

  private static final class Pieces extends InputStream implements Drainable, KnownLength {
    private final ImmutableList<ByteString> pieces;
    private int index;
    private int offset;
    private int remaining;

    Pieces(Response response) {
      pieces = response.pieces();
      remaining = response.size();
    }

    @Override
    public int available() {
      return remaining;
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int total = remaining;
      for (; index < pieces.size(); index++) {
        ByteString piece = pieces.get(index);
        piece.substring(offset).writeTo(target);
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
      while (done < length && index < pieces.size()) {
        ByteString piece = pieces.get(index);
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
