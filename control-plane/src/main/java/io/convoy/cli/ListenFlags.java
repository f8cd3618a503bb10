package io.convoy.cli;

import com.google.common.collect.ImmutableSet;
import com.google.common.net.HostAndPort;
import io.convoy.admin.AdminSettings;
import io.convoy.admin.AdminTokens;
import io.convoy.xds.ClientCertificates;
import io.convoy.xds.XdsSettings;
import io.grpc.InsecureServerCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where {@code serve} listens, and whom it lets have what. */
final class ListenFlags {
  private static final Logger log = LoggerFactory.getLogger(ListenFlags.class);

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description = "Where xDS and the admin endpoint listen (default: 127.0.0.1).")
  private String bind = "127.0.0.1";

  @Option(
      names = "--xds-port",
      paramLabel = "N",
      description = "Port of the xDS server; 0 chooses a free one (default: 18000).")
  private int xdsPort = 18000;

  @Option(
      names = "--xds-cert",
      paramLabel = "FILE",
      description =
          "PEM certificate of the xDS server; switches TLS on. Like all PEM files of these flags, it is read again"
              + " when it changes.")
  private @Nullable Path xdsCert;

  @Option(names = "--xds-key", paramLabel = "FILE", description = "PEM key of the xDS server.")
  private @Nullable Path xdsKey;

  @Option(
      names = "--xds-ca",
      paramLabel = "FILE",
      description =
          "PEM of the authorities that Envoys' certificates must be of. An Envoy then gets what is for the service"
              + " that its certificate names, and nothing else.")
  private @Nullable Path xdsCa;

  @Option(
      names = "--xds-gateways",
      paramLabel = "NAME",
      split = ",",
      description =
          "The names whose certificates are those of gateways, with --xds-ca; may be repeated (default: gateway).")
  private List<String> gateways = List.of("gateway");

  @Option(
      names = "--xds-any-identity",
      paramLabel = "NAME",
      split = ",",
      description =
          "Whose certificates may act for every service and gateway, with --xds-ca: names, SPIFFE ids, or * for every"
              + " certificate of the authority; may be repeated (default: nobody's).")
  private List<String> anyIdentity = List.of();

  @Option(
      names = "--xds-without-identity",
      description =
          "Serves xDS beyond loopback to everyone who reaches it, without client certificates.")
  private boolean withoutIdentity;

  @Option(
      names = "--admin-bind",
      paramLabel = "ADDRESS",
      description = "Where the admin endpoint listens (default: where --bind says).")
  private @Nullable String adminBind;

  @Option(
      names = "--admin-port",
      paramLabel = "N",
      description = "Port of the admin endpoint; 0 chooses a free one (default: 18001).")
  private int adminPort = 18001;

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      description =
          "File with a token on each line, one of which a request to the admin endpoint must carry; read again when"
              + " it changes.")
  private @Nullable Path adminTokens;

  @Option(
      names = "--admin-cert",
      paramLabel = "FILE",
      description = "PEM certificate of the admin endpoint; switches TLS on.")
  private @Nullable Path adminCert;

  @Option(names = "--admin-key", paramLabel = "FILE", description = "PEM of its key.")
  private @Nullable Path adminKey;

  @Option(
      names = "--admin-ca",
      paramLabel = "FILE",
      description = "PEM of the authorities whose certificates do in place of a token.")
  private @Nullable Path adminCa;

  XdsSettings xds(CommandLine command) {
    Optional<ServerTls> tls = tls("xds", xdsCert, xdsKey, xdsCa, command);
    boolean loopback = address("--bind", bind, command).isLoopbackAddress();
    int port = port("--xds-port", xdsPort, command);
    if (xdsCa == null) {
      requireIdentity(loopback, command);
      return XdsSettings.of(
          bind, port, tls.map(ServerTls::grpc).orElseGet(InsecureServerCredentials::create));
    }
    var certificates =
        new ClientCertificates(ImmutableSet.copyOf(gateways), ImmutableSet.copyOf(anyIdentity));
    if (certificates.everyoneForAny()) {
      log.warn(
          "--xds-any-identity *: every certificate of {} may have what is for any service", xdsCa);
    }
    return XdsSettings.of(bind, port, tls.orElseThrow().grpc()).with(certificates);
  }

  private void requireIdentity(boolean loopback, CommandLine command) {
    if (!anyIdentity.isEmpty()) {
      throw wrong(
          command, "--xds-any-identity needs --xds-ca: without it no certificate is asked for");
    }
    if (loopback) {
      return;
    }
    if (!withoutIdentity) {
      throw wrong(
          command,
          "--bind %s: xDS beyond loopback needs --xds-cert, --xds-key and --xds-ca, or --xds-without-identity to serve everyone who reaches it"
              .formatted(bind));
    }
    log.warn(
        "xDS is served on {} without client certificates: whoever reaches it can have the configuration and the"
            + " secrets of every Envoy; give --xds-cert, --xds-key and --xds-ca",
        bind);
  }

  AdminSettings admin(CommandLine command) {
    Optional<ServerTls> tls = tls("admin", adminCert, adminKey, adminCa, command);
    String flag = adminBind == null ? "--bind" : "--admin-bind";
    InetAddress address = address(flag, adminHost(), command);
    if (!address.isLoopbackAddress()) {
      requireCredentials(flag, tls.isPresent(), command);
    }
    return new AdminSettings(
        new InetSocketAddress(address, port("--admin-port", adminPort, command)),
        tls.map(ServerTls::jdk),
        adminCa != null,
        Optional.ofNullable(adminTokens).map(this::tokens));
  }

  private void requireCredentials(String flag, boolean tls, CommandLine command) {
    if (adminTokens == null && adminCa == null) {
      throw wrong(
          command,
          "%s %s: the admin endpoint beyond loopback needs --admin-token-file or --admin-ca; or keep it here with --admin-bind 127.0.0.1"
              .formatted(flag, adminHost()));
    }
    if (!tls) {
      log.warn(
          "the admin endpoint is served on {} without TLS: its token can be read on the way; give --admin-cert and"
              + " --admin-key",
          adminHost());
    }
  }

  private AdminTokens tokens(Path file) {
    try {
      return AdminTokens.read(file);
    } catch (java.io.IOException e) {
      throw new FailedException("--admin-token-file cannot be used: " + e.getMessage());
    }
  }

  /** {@code HOST:PORT} of the xDS server that got this port. */
  HostAndPort xdsAt(int port) {
    return HostAndPort.fromParts(bind, port);
  }

  /** {@code HOST:PORT} of the admin endpoint that got this port. */
  HostAndPort adminAt(int port) {
    return HostAndPort.fromParts(adminHost(), port);
  }

  private String adminHost() {
    return adminBind == null ? bind : adminBind;
  }

  private static Optional<ServerTls> tls(
      String server,
      @Nullable Path cert,
      @Nullable Path key,
      @Nullable Path ca,
      CommandLine command) {
    if ((cert == null) != (key == null) || (cert == null && ca != null)) {
      throw wrong(
          command,
          "--%1$s-cert and --%1$s-key go together, and --%1$s-ca needs them".formatted(server));
    }
    return cert == null || key == null
        ? Optional.empty()
        : Optional.of(ServerTls.read(cert, key, Optional.ofNullable(ca)));
  }

  private static InetAddress address(String flag, String name, CommandLine command) {
    try {
      return InetAddress.getByName(name);
    } catch (UnknownHostException e) {
      throw wrong(command, flag + ": had " + name + ", expected an address of this machine");
    }
  }

  private static int port(String flag, int value, CommandLine command) {
    if (value < 0 || value > 65_535) {
      throw wrong(command, flag + ": had " + value + ", expected a port from 0 to 65535");
    }
    return value;
  }

  private static ParameterException wrong(CommandLine command, String message) {
    return new ParameterException(command, message);
  }
}
