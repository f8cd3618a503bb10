package io.convoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.admin.AdminSettings;
import io.convoy.snapshot.WriterSettings;
import io.convoy.xds.XdsSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvoyTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void aStartThatFailsHalfWayLeavesNothingRunning() throws Exception {
    int xdsPort;
    try (Convoy first = Convoy.start(settings(0, 0))) {
      xdsPort = first.xdsPort();
    }
    try (var occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Convoy.start(settings(xdsPort, occupied.getLocalPort())))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(":" + occupied.getLocalPort());
    }
    try (Convoy again = Convoy.start(settings(xdsPort, 0))) {
      assertThat(again.ready()).succeedsWithin(30, TimeUnit.SECONDS);
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("snapshot-writer"));
  }

  private Convoy.Settings settings(int xdsPort, int adminPort) {
    return new Convoy.Settings(
        Optional.empty(),
        Optional.of(folder),
        WriterSettings.DEFAULT,
        XdsSettings.plain("127.0.0.1", xdsPort),
        AdminSettings.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), adminPort)));
  }
}
