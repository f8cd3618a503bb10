package io.convoy.snapshot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.hash.Hashing;
import com.google.common.primitives.Bytes;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.Policies;
import io.convoy.policy.RawDocument;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastKnownGoodTest {
  private static final LastKnownGood.Content CONTENT = content(1);

  @TempDir private Path folder = Path.of("");

  @Test
  void whatIsSavedIsLoaded() throws Exception {
    store().save(CONTENT);
    assertThat(store().load()).contains(CONTENT);
    store().save(content(2));
    assertThat(store().load()).contains(content(2));
  }

  @Test
  void whatIsKnownOfTheMeshIsSaved() throws Exception {
    Mesh mesh =
        Mesh.UNKNOWN
            .with(new Mesh.Authority("cafe.consul", "dc1"))
            .with(Mesh.DefaultIntention.ALLOW);
    store().save(LastKnownGood.Content.of(Catalog.EMPTY, Policies.EMPTY, mesh, Instant.EPOCH));
    assertThat(store().load().orElseThrow().mesh()).isEqualTo(mesh);
    store()
        .save(LastKnownGood.Content.of(Catalog.EMPTY, Policies.EMPTY, Mesh.UNKNOWN, Instant.EPOCH));
    assertThat(store().load().orElseThrow().mesh()).isEqualTo(Mesh.UNKNOWN);
  }

  @Test
  void noFileIsNoContent() throws Exception {
    assertThat(store().load()).isEmpty();
    assertThat(new LastKnownGood(folder.resolve("not/there")).load()).isEmpty();
  }

  @Test
  void onlyTheOwnerCanReadItAndNothingElseStaysBehind() throws Exception {
    var inNewFolder = new LastKnownGood(folder.resolve("new/data"));
    inNewFolder.save(CONTENT);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(inNewFolder.file())))
        .isEqualTo("rw-------");
    try (var files = Files.list(folder.resolve("new/data"))) {
      assertThat(files).containsExactly(inNewFolder.file());
    }
  }

  private static final String KEYS =
      Base64.getEncoder()
          .encodeToString(
              "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"c2VjcmV0\"}]}".getBytes(UTF_8));

  private static LastKnownGood.Content withSecret() {
    var provider =
        new RawDocument(
            RawDocument.Source.KV,
            "convoy/jwt-provider/okta",
            new DocumentId("jwt-provider", "okta"),
            "{Issuer: https://a.test, JSONWebKeySet: {Local: {JWKS: \"%s\"}}}".formatted(KEYS),
            8,
            9);
    return new LastKnownGood.Content(1_000, ImmutableList.of(), ImmutableList.of(provider));
  }

  private static String plain(byte[] file) throws IOException {
    int end = Bytes.indexOf(file, (byte) '\n');
    try (var gzip =
        new GZIPInputStream(new ByteArrayInputStream(file, end + 1, file.length - end - 1))) {
      return new String(gzip.readAllBytes(), UTF_8);
    }
  }

  /** A document that lost its secret is refused, so that what it guards is closed. */
  @Test
  void withoutAKeyNoSecretIsSaved() throws Exception {
    store().save(withSecret());
    String saved = plain(Files.readAllBytes(store().file()));
    assertThat(saved).contains("https://a.test", "<redacted sha256:").doesNotContain(KEYS);
    RawDocument loaded = store().load().orElseThrow().documents().getFirst();
    assertThat(DocumentParser.parse(loaded).problem()).isPresent();
  }

  @Test
  void withAKeyEverythingIsSavedAndNothingCanBeRead() throws Exception {
    var encrypted = new LastKnownGood(folder, Optional.of(key("a")));
    encrypted.save(withSecret());
    byte[] file = Files.readAllBytes(encrypted.file());
    assertThat(new String(file, ISO_8859_1)).doesNotContain(KEYS, "a.test");
    assertThatThrownBy(() -> plain(file)).isInstanceOf(IOException.class);
    assertThat(encrypted.load()).contains(withSecret());
    assertUnusable("it is encrypted, and there is no --data-key-file");
    assertThatThrownBy(() -> new LastKnownGood(folder, Optional.of(key("b"))).load())
        .isInstanceOf(LastKnownGood.UnusableException.class)
        .hasMessageContaining("is of another key");
    store().save(CONTENT);
    assertThat(encrypted.load()).contains(CONTENT);
  }

  @Test
  void aKeyHas32Bytes() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "c2hvcnQ=\n");
    assertThatThrownBy(() -> DataKey.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " holds 5 bytes, expected 32");
    Files.writeString(file, "?");
    assertThatThrownBy(() -> DataKey.read(file)).hasMessage(file + " does not hold base64");
  }

  private DataKey key(String letter) throws IOException {
    String base64 = Base64.getEncoder().encodeToString(letter.repeat(32).getBytes(UTF_8));
    return DataKey.read(Files.writeString(folder.resolve("key-" + letter), base64 + "\n"));
  }

  @Test
  void aSaveThatWasCutOffIsNoHindrance() throws Exception {
    store().save(CONTENT);
    Files.writeString(folder.resolve("last-known-good.new"), "half of");
    assertThat(store().load()).contains(CONTENT);
    store().save(content(2));
    assertThat(store().load()).contains(content(2));
  }

  @Test
  void aFailedSaveLeavesTheFileAsItWas() throws Exception {
    store().save(CONTENT);
    // A folder that is not empty stands where the new file would be written.
    Files.createDirectories(folder.resolve("last-known-good.new/occupied"));
    assertThatThrownBy(() -> store().save(content(2))).isInstanceOf(IOException.class);
    assertThat(store().load()).contains(CONTENT);
  }

  @Test
  void anyDamageIsSeen() throws Exception {
    store().save(CONTENT);
    byte[] good = Files.readAllBytes(store().file());
    for (int i = 0; i < good.length; i++) {
      byte[] damaged = good.clone();
      damaged[i] ^= 1;
      Files.write(store().file(), damaged);
      assertUnusable("");
    }
    for (int length = 0; length < good.length; length++) {
      Files.write(store().file(), Arrays.copyOf(good, length));
      assertUnusable("");
    }
    Files.write(store().file(), Arrays.copyOf(good, good.length + 1));
    assertUnusable("checksum");
  }

  @Test
  void anotherFormatIsNotRead() throws Exception {
    Files.writeString(store().file(), "convoy-last-known-good 2 abc\n");
    assertUnusable("is not of the format 'convoy-last-known-good 1'");
  }

  @Test
  void soundBytesOfAnotherShapeAreNotRead() throws Exception {
    write("{\"savedAt\": 1}");
    assertUnusable("cannot be read");
    write("[]");
    assertUnusable("cannot be read");
  }

  @Test
  void aFileThatIsTooLargeIsNotReadIntoMemory() throws Exception {
    try (var file = new RandomAccessFile(store().file().toFile(), "rw")) {
      file.setLength(LastKnownGood.MAXIMUM_BYTES + 1025L);
    }
    assertUnusable("is larger than");
  }

  private void assertUnusable(String words) {
    assertThatThrownBy(() -> store().load())
        .isInstanceOf(LastKnownGood.UnusableException.class)
        .hasMessageContaining(store().file().toString())
        .hasMessageContaining(words);
  }

  private void write(String json) throws IOException {
    var body = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(body)) {
      gzip.write(json.getBytes(UTF_8));
    }
    String header =
        "convoy-last-known-good 1 " + Hashing.sha256().hashBytes(body.toByteArray()) + "\n";
    Files.write(store().file(), Bytes.concat(header.getBytes(UTF_8), body.toByteArray()));
  }

  private LastKnownGood store() {
    return new LastKnownGood(folder);
  }

  private static LastKnownGood.Content content(int port) {
    var instance =
        new Instance(
            "node",
            "shop-1",
            "127.0.0.1",
            port,
            ImmutableSortedSet.of("v1"),
            ImmutableSortedMap.of("convoy-path", "/shop/"),
            3,
            Health.WARNING,
            new Locality("eu", "a"),
            7);
    var document =
        new RawDocument(
            RawDocument.Source.KV,
            "convoy/service-defaults/shop",
            new DocumentId("service-defaults", "shop"),
            "Protocol: grpc",
            8,
            9);
    return new LastKnownGood.Content(
        1_000, ImmutableList.of(Service.of("shop", List.of(instance))), ImmutableList.of(document));
  }
}
