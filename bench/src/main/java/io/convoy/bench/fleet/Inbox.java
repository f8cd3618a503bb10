package io.convoy.bench.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.convoy.translation.ResourceType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads discovery responses by their wire format, as far as a client needs: names, and fingerprints
 * in place of contents. One for each connection, whose messages come one after the other: the
 * buffer is used again.
 */
final class Inbox {
  // Field numbers of DiscoveryResponse and DeltaDiscoveryResponse where they agree.
  private static final int VERSION = 1;
  private static final int RESOURCES = 2;
  private static final int TYPE_URL = 4;
  private static final int NONCE = 5;
  private static final int REMOVED = 6; // delta only
  // Fields of a delta response's Resource, and of Any.
  private static final int RESOURCE_VERSION = 1;
  private static final int RESOURCE_BODY = 2;
  private static final int ANY_VALUE = 2;
  // The name is field 1 of every resource.
  private static final int NAME_TAG = WireFormat.WIRETYPE_LENGTH_DELIMITED | 1 << 3;

  /** Takes what a response holds. A number of -1 is a name that nobody expects. */
  interface Sink {
    void has(int number, long fingerprint);

    void removed(int number);
  }

  private final Expectation expectation;
  private final CRC32C crc = new CRC32C();
  private byte[] buffer = new byte[1 << 16];
  private int length;
  private int versionStart;
  private int versionEnd;

  private String version = "";
  private String nonce = "";
  private @Nullable ResourceType type;

  Inbox(Expectation expectation) {
    this.expectation = expectation;
  }

  /** Reads a message's frame: everything but its resources. Returns its length in bytes. */
  int open(InputStream message) {
    try {
      fill(message);
      frame();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return length;
  }

  String version() {
    return version;
  }

  String nonce() {
    return nonce;
  }

  /** The type of the resources; null for one that is not known here. */
  @Nullable ResourceType type() {
    return type;
  }

  private void fill(InputStream message) throws IOException {
    length = 0;
    int read;
    while ((read = message.readNBytes(buffer, length, buffer.length - length)) > 0) {
      length += read;
      if (length == buffer.length) {
        buffer = Arrays.copyOf(buffer, 2 * length);
      }
    }
  }

  private void frame() throws IOException {
    version = "";
    nonce = "";
    type = null;
    var input = CodedInputStream.newInstance(buffer, 0, length);
    for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case VERSION -> version = input.readString();
        case TYPE_URL -> type = type(input.readString());
        case NONCE -> nonce = input.readString();
        default -> input.skipField(tag);
      }
    }
  }

  private static @Nullable ResourceType type(String url) {
    for (ResourceType type : ResourceType.values()) {
      if (type.typeUrl().equals(url)) {
        return type;
      }
    }
    return null;
  }

  /** Hands over what the opened message holds. */
  void read(Protocol protocol, Sink sink) {
    try {
      var input = CodedInputStream.newInstance(buffer, 0, length);
      for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
        int field = WireFormat.getTagFieldNumber(tag);
        if (field == RESOURCES) {
          int end = enter(input);
          versionStart = 0;
          versionEnd = 0;
          if (protocol == Protocol.sotw || findBody(input, end)) {
            body(input, protocol == Protocol.sotw ? end : enter(input), sink);
          }
          input.skipRawBytes(end - input.getTotalBytesRead());
        } else if (field == REMOVED) {
          int end = enter(input);
          sink.removed(number(input.getTotalBytesRead(), end));
          input.skipRawBytes(end - input.getTotalBytesRead());
        } else {
          input.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a length; returns where what follows ends. */
  private static int enter(CodedInputStream input) throws IOException {
    int size = input.readRawVarint32();
    return input.getTotalBytesRead() + size;
  }

  /** Moves to the length of a resource's body, past its version; returns whether it is there. */
  private boolean findBody(CodedInputStream input, int end) throws IOException {
    while (input.getTotalBytesRead() < end) {
      int tag = input.readTag();
      int number = WireFormat.getTagFieldNumber(tag);
      if (number == RESOURCE_BODY) {
        return true;
      }
      if (number == RESOURCE_VERSION) {
        versionEnd = enter(input);
        versionStart = input.getTotalBytesRead();
        input.skipRawBytes(versionEnd - versionStart);
      } else {
        input.skipField(tag);
      }
    }
    return false;
  }

  private static boolean findValue(CodedInputStream any, int end) throws IOException {
    while (any.getTotalBytesRead() < end) {
      int tag = any.readTag();
      if (WireFormat.getTagFieldNumber(tag) == ANY_VALUE) {
        return true;
      }
      any.skipField(tag);
    }
    return false;
  }

  private void body(CodedInputStream any, int anyEnd, Sink sink) throws IOException {
    if (!findValue(any, anyEnd)) {
      sink.has(-1, 0);
      return;
    }
    int end = enter(any);
    int start = any.getTotalBytesRead();
    int number = -1;
    if (any.readTag() == NAME_TAG) {
      int nameEnd = enter(any);
      number = number(any.getTotalBytesRead(), nameEnd);
    }
    long fingerprint = Expectation.fingerprint(crc, buffer, start, end - start);
    if (number >= 0 && versionEnd > 0 && expectation.lacksVersion(number, fingerprint)) {
      String name = new String(buffer, versionStart, versionEnd - versionStart, UTF_8);
      expectation.version(number, fingerprint, name);
    }
    sink.has(number, fingerprint);
    any.skipRawBytes(end - any.getTotalBytesRead());
  }

  private int number(int start, int end) {
    return type == null ? -1 : expectation.find(type, buffer, start, end);
  }
}
