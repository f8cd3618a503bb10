package io.convoy.translation;

import com.google.common.collect.ImmutableSet;
import com.google.common.hash.Hashing;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import io.convoy.policy.DocumentId;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * One resource, serialised once and shared by every stream. Immutable.
 *
 * @param version a hash of the bytes: equal content has equal versions on every replica and after
 *     every restart
 * @param documents the documents that shaped it; not a part of the version
 * @param references the resources that it names and that an Envoy must have before it
 */
public record Resource(
    ResourceKey key,
    Any body,
    String version,
    ImmutableSet<DocumentId> documents,
    ImmutableSet<ResourceKey> references) {

  /** Serialises {@code message} deterministically. */
  public static Resource of(
      ResourceKey key,
      Message message,
      ImmutableSet<DocumentId> documents,
      ImmutableSet<ResourceKey> references) {
    ByteString bytes = deterministicBytes(message);
    Any body = Any.newBuilder().setTypeUrl(key.type().typeUrl()).setValue(bytes).build();
    String version =
        Hashing.sha256().hashBytes(bytes.asReadOnlyByteBuffer()).toString().substring(0, 32);
    return new Resource(key, body, version, documents, references);
  }

  /**
   * The bytes of {@code message} with its maps in order, so that equal messages have equal bytes.
   */
  public static ByteString deterministicBytes(Message message) {
    byte[] bytes = new byte[message.getSerializedSize()];
    CodedOutputStream output = CodedOutputStream.newInstance(bytes);
    output.useDeterministicSerialization();
    try {
      message.writeTo(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return com.google.protobuf.UnsafeByteOperations.unsafeWrap(bytes);
  }

  /** Without the body, which may be a secret. */
  @Override
  public String toString() {
    return key + "@" + version;
  }
}
