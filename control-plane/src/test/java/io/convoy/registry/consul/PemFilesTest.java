package io.convoy.registry.consul;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in the forms that tools write; EC keys of {@code consul tls} are in ConsulSeasonsIT. */
class PemFilesTest {
  /** What comes before the bare key in a PKCS #8 envelope of an RSA key of 2,048 bits. */
  private static final int ENVELOPE = 26;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void pkcs8(String algorithm) throws IOException, GeneralSecurityException {
    PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
    assertThat(PemFiles.privateKey(pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
  }

  @Test
  void pkcs1() throws IOException, GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    PrivateKey key = generator.generateKeyPair().getPrivate();
    byte[] bare = Arrays.copyOfRange(key.getEncoded(), ENVELOPE, key.getEncoded().length);
    assertThat(PemFiles.privateKey(pem("RSA PRIVATE KEY", bare))).isEqualTo(key);
  }

  @Test
  void otherFormsAreRefusedWithoutTheirContent() throws IOException {
    Path encrypted = pem("ENCRYPTED PRIVATE KEY", "secret".getBytes(US_ASCII));
    assertThatThrownBy(() -> PemFiles.privateKey(encrypted))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("ENCRYPTED")
        .hasMessageNotContaining(Base64.getEncoder().encodeToString("secret".getBytes(US_ASCII)));
    assertThatThrownBy(() -> PemFiles.privateKey(pem("CERTIFICATE", new byte[] {1})))
        .hasMessage("no unencrypted private key in it");
  }

  private Path pem(String label, byte[] content) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    String text = "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, body, label);
    return Files.writeString(folder.resolve(label.replace(' ', '-') + ".pem"), text);
  }
}
