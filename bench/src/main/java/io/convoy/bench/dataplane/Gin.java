package io.convoy.bench.dataplane;

import io.convoy.bench.stage.GoProgram;
import io.convoy.bench.stage.Stage;
import io.convoy.cli.local.ChildProcess;
import io.convoy.cli.local.FreePorts;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The gateway in {@code bench/peers/gin}: a Go program that checks tokens and counts users'
 * requests in process, and proxies.
 */
public final class Gin {
  private static final int SERVICES = 10;

  private Gin() {}

  /** Starts it on one processor, as Envoys have one worker; asks it and stops it. */
  public static EnvoyUnderLoad.Cost measure(
      Stage stage, List<Tokens> providers, int backend, int seconds) {
    int port = FreePorts.next();
    String config = stage.write("gin.json", configuration(providers, port, backend));
    String program = GoProgram.build("gin", ".").toString();
    ChildProcess gin = stage.program("env", List.of("GOMAXPROCS=1", program, "-config", config));
    try {
      EnvoyUnderLoad.awaitGuard("gin", port);
      return EnvoyUnderLoad.measure(
          gin.pid(), EnvoyUnderLoad.url(port), providers.getLast(), seconds);
    } finally {
      gin.kill();
    }
  }

  private static String configuration(List<Tokens> providers, int port, int backend) {
    return """
    {"Port": %d, "Backend": %d, "Services": %d, "PerSecond": 1000000, "Providers": [%s]}
    """
        .formatted(
            port,
            backend,
            SERVICES,
            providers.stream()
                .map(p -> "{\"Issuer\": \"%s\", \"Keys\": %s}".formatted(p.issuer(), p.keySet()))
                .collect(Collectors.joining(", ")));
  }
}
