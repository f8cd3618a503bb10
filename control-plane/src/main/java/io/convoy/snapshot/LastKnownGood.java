package io.convoy.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.guava.GuavaModule;
import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.Policies;
import io.convoy.policy.RawDocument;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What was served last, in a file: the catalog and the documents in force. From the same content,
 * translation makes the same resources with the same versions, so an Envoy that reconnects is told
 * nothing new.
 *
 * <p>The file is one line of header (format, SHA-256 of the rest) and compressed JSON; it is
 * replaced atomically, readable by its owner only and never larger than {@link #MAXIMUM_BYTES}.
 * With a key the rest is encrypted; without one it holds no secret.
 */
final class LastKnownGood {
  /** A larger state is not written, and a larger file is not read. */
  static final int MAXIMUM_BYTES = 256 << 20;

  private static final String FORMAT = "convoy-last-known-good 1";
  private static final String ENCRYPTED = "convoy-last-known-good-encrypted 1";
  private static final JsonMapper JSON = JsonMapper.builder().addModule(new GuavaModule()).build();

  private final Path file;
  private final Optional<DataKey> key;

  /**
   * What the file holds.
   *
   * @param savedAt in milliseconds since the epoch
   */
  record Content(
      long savedAt,
      ImmutableList<Service> services,
      ImmutableList<RawDocument> documents,
      @Nullable SavedMesh savedMesh) {
    Content {
      // A field that a file lacks is null.
      Objects.requireNonNull(services);
      Objects.requireNonNull(documents);
    }

    Content(long savedAt, ImmutableList<Service> services, ImmutableList<RawDocument> documents) {
      this(savedAt, services, documents, null);
    }

    static Content of(Catalog catalog, Policies policies, Mesh mesh, Instant savedAt) {
      return new Content(
          savedAt.toEpochMilli(),
          catalog.services().values().asList(),
          policies.entries().values().stream()
              .flatMap(entry -> entry.inForce().stream())
              .collect(ImmutableList.toImmutableList()),
          SavedMesh.of(mesh));
    }

    /** Files from before there was a mesh know nothing of it. */
    Mesh mesh() {
      return savedMesh == null ? Mesh.UNKNOWN : savedMesh.mesh();
    }

    /**
     * With fingerprints in the place of secrets. Such a document is refused when it is read again:
     * what it guards is closed until its source answers.
     */
    Content withoutSecrets() {
      return new Content(
          savedAt,
          services,
          documents.stream().map(Content::hidden).collect(ImmutableList.toImmutableList()),
          savedMesh);
    }

    private static RawDocument hidden(RawDocument raw) {
      return DocumentParser.holdsSecret(raw) ? raw.withText(json(DocumentParser.shown(raw))) : raw;
    }

    private static String json(Object document) {
      try {
        return JSON.writeValueAsString(document);
      } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }

    Instant savedAtInstant() {
      return Instant.ofEpochMilli(savedAt);
    }
  }

  /** {@code authority}: absent where there is none. */
  record SavedMesh(Mesh.@Nullable Authority authority, Mesh.DefaultIntention defaultIntention) {
    static SavedMesh of(Mesh mesh) {
      return new SavedMesh(mesh.authority().orElse(null), mesh.defaultIntention());
    }

    Mesh mesh() {
      return new Mesh(true, Optional.ofNullable(authority), defaultIntention);
    }
  }

  /** The file is there but cannot be used; the message says why. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1;

    UnusableException(String message) {
      super(message);
    }
  }

  /** {@code key}: without one, what is secret is not saved. */
  LastKnownGood(Path directory, Optional<DataKey> key) {
    this.file = directory.resolve("last-known-good");
    this.key = key;
  }

  LastKnownGood(Path directory) {
    this(directory, Optional.empty());
  }

  Path file() {
    return file;
  }

  /** Replaces the file; what it held before stays when this fails. */
  void save(Content content) throws IOException {
    byte[] body =
        key.isPresent()
            ? key.get()
                .encrypt(compress(JSON.writeValueAsBytes(content)), ENCRYPTED.getBytes(UTF_8))
            : compress(JSON.writeValueAsBytes(content.withoutSecrets()));
    String format = key.isPresent() ? ENCRYPTED : FORMAT;
    if (body.length > MAXIMUM_BYTES) {
      throw new IOException(
          "the state is %d bytes, more than the %d that are kept"
              .formatted(body.length, MAXIMUM_BYTES));
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    Files.createFile(
        temporary,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      writeFully(channel, (format + " " + checksum(body) + "\n").getBytes(UTF_8));
      writeFully(channel, body);
      channel.force(true);
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Reads the file; empty when there is none.
   *
   * @throws UnusableException when it is damaged, too large, or of another format
   */
  Optional<Content> load() throws UnusableException {
    try {
      if (Files.size(file) > MAXIMUM_BYTES + 1024L) {
        throw new UnusableException(file + " is larger than " + MAXIMUM_BYTES + " bytes");
      }
      byte[] bytes = Files.readAllBytes(file);
      int end = com.google.common.primitives.Bytes.indexOf(bytes, (byte) '\n');
      String header = end < 0 ? "" : new String(bytes, 0, end, UTF_8);
      String format = header.startsWith(ENCRYPTED + " ") ? ENCRYPTED : FORMAT;
      if (!header.startsWith(format + " ")) {
        throw new UnusableException(file + " is not of the format '" + FORMAT + "'");
      }
      byte[] body = java.util.Arrays.copyOfRange(bytes, end + 1, bytes.length);
      if (!header.equals(format + " " + checksum(body))) {
        throw new UnusableException(file + " is damaged: its checksum differs");
      }
      byte[] compressed = format.equals(ENCRYPTED) ? decrypt(body) : body;
      return Optional.of(JSON.readValue(decompress(compressed), Content.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UnusableException(file + " cannot be read: " + e.getMessage());
    }
  }

  private byte[] decrypt(byte[] body) throws IOException {
    if (key.isEmpty()) {
      throw new IOException("it is encrypted, and there is no --data-key-file");
    }
    return key.get().decrypt(body, ENCRYPTED.getBytes(UTF_8));
  }

  private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    var buffer = java.nio.ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static String checksum(byte[] body) {
    return Hashing.sha256().hashBytes(body).toString();
  }

  private static byte[] compress(byte[] plain) throws IOException {
    var compressed = new ByteArrayOutputStream(plain.length / 4 + 64);
    try (var gzip = new GZIPOutputStream(compressed)) {
      gzip.write(plain);
    }
    return compressed.toByteArray();
  }

  private static byte[] decompress(byte[] compressed) throws IOException {
    try (var gzip = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      byte[] plain = gzip.readNBytes(4 * MAXIMUM_BYTES);
      if (gzip.read() >= 0) {
        throw new IOException("its content is larger than " + 4L * MAXIMUM_BYTES + " bytes");
      }
      return plain;
    }
  }
}
