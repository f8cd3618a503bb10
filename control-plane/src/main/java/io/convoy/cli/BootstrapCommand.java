package io.convoy.cli;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import io.convoy.catalog.Locality;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Prints the bootstrap of an Envoy that is to be served by Convoy. */
@Command(
    name = "bootstrap",
    description = "Prints the bootstrap of an Envoy.",
    mixinStandardHelpOptions = true)
final class BootstrapCommand implements Callable<Integer> {
  private static final int XDS_PORT = 18000;

  enum Role {
    gateway,
    sidecar
  }

  enum Protocol {
    delta,
    sotw
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--role",
      required = true,
      description = "What the Envoy is for: ${COMPLETION-CANDIDATES}.")
  private Role role = Role.gateway;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "The service it stands beside, or the gateway's name (default: gateway).")
  private String service = "";

  @Option(
      names = "--node-id",
      paramLabel = "ID",
      description = "Unique among all Envoys (default: the service, the host and the port).")
  private String nodeId = "";

  @Option(
      names = "--xds",
      paramLabel = "HOST:PORT",
      split = ",",
      description = "Where a Convoy is; may be repeated (default: 127.0.0.1:18000).")
  private List<String> xds = List.of("127.0.0.1:" + XDS_PORT);

  @Option(
      names = "--protocol",
      description =
          "Incremental or state-of-the-world xDS: ${COMPLETION-CANDIDATES} (default: delta).")
  private Protocol protocol = Protocol.delta;

  @Option(
      names = "--admin-port",
      paramLabel = "N",
      description = "Of Envoy's admin endpoint, on loopback; 0 takes a free one (default: 9901).")
  private int adminPort = 9901;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The Envoy listens here in place of the gateway's port.")
  private int port;

  @Option(
      names = "--region",
      paramLabel = "NAME",
      description = "Where the Envoy runs, as in Consul's registration of it.")
  private String region = "";

  @Option(
      names = "--zone",
      paramLabel = "NAME",
      description =
          "The zone within the region; requests stay in it while its instances can take them.")
  private String zone = "";

  @Option(
      names = "--xds-ca",
      paramLabel = "FILE",
      description = "PEM of the authority that Convoy's certificate is of; switches TLS on.")
  private @Nullable Path xdsCa;

  @Option(
      names = "--xds-cert",
      paramLabel = "FILE",
      description = "PEM of the Envoy's own certificate.")
  private @Nullable Path xdsCert;

  @Option(names = "--xds-key", paramLabel = "FILE", description = "PEM of its key.")
  private @Nullable Path xdsKey;

  @Option(
      names = "--sds-dir",
      paramLabel = "DIR",
      description =
          "Where the two small files go through which Envoy follows the PEM files"
              + " (default: the folder of --xds-ca).")
  private @Nullable Path sdsDir;

  @Override
  public Integer call() {
    Bootstrap bootstrap =
        new Bootstrap(
            role.name(),
            cluster(),
            nodeId(),
            xds.stream().map(this::address).toList(),
            protocol == Protocol.delta,
            inRange("--admin-port", adminPort),
            inRange("--port", port),
            locality(),
            tls());
    System.out.print(bootstrap.render());
    System.out.flush();
    return 0;
  }

  private Locality locality() {
    if (zone.isEmpty() && !region.isEmpty()) {
      throw wrong("--region needs --zone: Envoy prefers a zone, not a region");
    }
    return new Locality(region, zone);
  }

  private String cluster() {
    if (service.isEmpty() && role == Role.sidecar) {
      throw wrong("--role sidecar needs --service NAME");
    }
    return service.isEmpty() ? "gateway" : service;
  }

  private String nodeId() {
    if (!nodeId.isEmpty()) {
      return nodeId;
    }
    String id = cluster() + "-" + hostName();
    return port == 0 ? id : id + "-" + port;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT);
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private HostAndPort address(String text) {
    try {
      HostAndPort address = HostAndPort.fromString(text).withDefaultPort(XDS_PORT);
      String host = address.getHost();
      if (address.getPort() > 0 && (InetAddresses.isInetAddress(host) || HOST.test(host))) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Said below, for all that is no address.
    }
    throw wrong("--xds: had " + text + ", expected HOST:PORT");
  }

  private static final java.util.function.Predicate<String> HOST =
      java.util.regex.Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
          .asMatchPredicate();

  private int inRange(String flag, int value) {
    if (value < 0 || value > 65_535) {
      throw wrong(flag + ": had " + value + ", expected a port from 0 to 65535");
    }
    return value;
  }

  private Optional<XdsTls> tls() {
    if ((xdsCert == null) != (xdsKey == null)) {
      throw wrong("--xds-cert and --xds-key go together");
    }
    if (xdsCa == null) {
      if (xdsCert != null) {
        throw wrong(
            "--xds-cert needs --xds-ca: without it, Convoy's own certificate is not checked");
      }
      return Optional.empty();
    }
    Path folder = sdsDir != null ? sdsDir : parent(xdsCa);
    return Optional.of(XdsTls.write(folder, xdsCa, xdsCert, xdsKey));
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(java.util.Objects.requireNonNull(spec).commandLine(), message);
  }
}
