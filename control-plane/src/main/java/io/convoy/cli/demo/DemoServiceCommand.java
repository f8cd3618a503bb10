package io.convoy.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.convoy.cli.local.ConsulApi;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * An instance in a process of its own. It registers itself in Consul when it is up; when it is told
 * to end, it takes its name off there and serves on while the word gets around.
 */
@Command(name = "demo-service", hidden = true)
public final class DemoServiceCommand implements Callable<Integer> {
  private static final Duration DRAIN = Duration.ofSeconds(2);

  @Option(names = "--name", required = true)
  private String name = "";

  @Option(names = "--id", required = true)
  private String id = "";

  @Option(names = "--port")
  private int port;

  @Option(names = "--consul", required = true)
  private String consul = "";

  /** Registered in place of the instance's own port, and the instance is in the mesh only. */
  @Option(names = "--sidecar-port")
  private int sidecarPort;

  @Option(names = "--outbound-port")
  private int outboundPort;

  @Option(names = "--upstreams")
  private String upstreams = "";

  @Override
  public Integer call() throws IOException, InterruptedException {
    ConsulApi api = new ConsulApi(consul, "");
    try (DemoService service = DemoService.start(id, port)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(api), "leave"));
      api.register(definition(service.port()));
      System.out.println("REGISTERED " + System.currentTimeMillis());
      new CountDownLatch(1).await();
    }
    return 0;
  }

  private void leave(ConsulApi api) {
    try {
      api.deregister(id);
      Thread.sleep(DRAIN);
    } catch (RuntimeException e) {
      System.err.println(id + ": not deregistered: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String definition(int actualPort) throws JsonProcessingException {
    return JsonMapper.builder()
        .build()
        .writeValueAsString(
            Map.of(
                "Name",
                name,
                "ID",
                id,
                "Address",
                "127.0.0.1",
                "Port",
                sidecarPort == 0 ? actualPort : sidecarPort,
                "Meta",
                meta(actualPort),
                "Checks",
                List.of(
                    Map.of(
                        "CheckID", "health-" + id,
                        "Name", "answers /health",
                        "HTTP", "http://127.0.0.1:" + actualPort + "/health",
                        "Interval", "1s",
                        "Timeout", "1s",
                        // It is up already: no need to wait for the first check.
                        "Status", "passing"))));
  }

  private Map<String, String> meta(int actualPort) {
    return sidecarPort == 0
        ? Map.of("convoy-path", "/" + name + "/", "convoy-strip", "true")
        : Map.of(
            "convoy-app-port", Integer.toString(actualPort),
            "convoy-outbound-port", Integer.toString(outboundPort),
            "convoy-upstreams", upstreams);
  }
}
