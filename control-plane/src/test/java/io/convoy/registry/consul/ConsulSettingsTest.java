package io.convoy.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.registry.consul.ConsulSettings.Tls;
import io.convoy.registry.consul.ConsulSettings.Token;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsulSettingsTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:8500", "ftp://consul:8500", "http:///v1", "consul"})
  void anAddressThatIsNoneIsRefused(String address) {
    assertThatThrownBy(() -> ConsulSettings.of(URI.create("x:" + address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected http://HOST:PORT");
  }

  @Test
  void aPasswordInTheAddressIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> ConsulSettings.of(URI.create("http://user:secret@consul:8500")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void aTokenIsNeverPrinted() {
    assertThat(new Token.Value("very-secret").toString()).doesNotContain("secret");
  }

  @Test
  void certificateAndKeyComeTogether() {
    assertThatThrownBy(
            () -> new Tls(Optional.empty(), Optional.of(Path.of("cert.pem")), Optional.empty()))
        .hasMessageContaining("together");
  }

  @Test
  void aFileThatHoldsNoCertificateIsNamed(@TempDir Path folder) throws IOException {
    Path ca = Files.writeString(folder.resolve("ca.pem"), "nothing\n");
    Tls tls = new Tls(Optional.of(ca), Optional.empty(), Optional.empty());
    assertThatThrownBy(() -> ConsulTls.context(tls))
        .isInstanceOf(ConsulFault.class)
        .hasMessageContaining("the CA in " + ca + " cannot be used");
  }
}
