package io.convoy.cli;

import io.convoy.Convoy;
import io.convoy.policy.KeyServerAccess;
import io.convoy.registry.consul.ConsulSettings;
import io.convoy.snapshot.DataKey;
import io.convoy.snapshot.WriterSettings;
import io.convoy.translation.UndeclaredUpstreams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the control plane until it is told to end (SIGTERM, SIGINT). */
@Command(
    name = "serve",
    description = "Runs the control plane.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ServeCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @Spec private @Nullable CommandSpec spec;

  // Settings reads it before the flags are parsed; here it is for the help.
  @SuppressWarnings("UnusedVariable")
  @Option(
      names = Settings.CONFIG,
      paramLabel = "FILE",
      description = "YAML with any of these flags as keys, such as xds-port: 18000.")
  private @Nullable Path config;

  @Mixin private ConsulFlags consul = new ConsulFlags();
  @Mixin private ListenFlags listen = new ListenFlags();

  @Option(
      names = "--file",
      paramLabel = "DIR",
      description =
          "Takes services and documents from the YAML files of a folder, and follows its changes.")
  private @Nullable Path directory;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Keeps the last known good there, so that a start without Consul serves it (default: memory only).")
  private @Nullable Path dataDir;

  @Option(
      names = "--data-key-file",
      paramLabel = "FILE",
      description =
          "Encrypts the last known good with this key: 32 bytes in base64. Without one, secrets are not"
              + " kept on disk, and what they guard is closed after a start without Consul.")
  private @Nullable Path dataKeyFile;

  @Option(
      names = "--publish-interval",
      paramLabel = "DURATION",
      description = "The least time between two publishes (default: 20ms).")
  private Duration publishInterval = WriterSettings.DEFAULT.publishInterval();

  @Option(
      names = "--policy-min-apply-interval",
      paramLabel = "DURATION",
      description =
          "The least time between two changes of the rate limits of one document, each of which"
              + " fills their buckets anew; 0 holds nothing back (default: 1s).")
  private Duration policyInterval = WriterSettings.DEFAULT.policyInterval();

  @Option(
      names = "--empty-service-delay",
      paramLabel = "DURATION",
      description =
          "How long a service that lost its last instance keeps it; 0 obeys at once (default: 2s).")
  private Duration emptyDelay = WriterSettings.DEFAULT.emptyDelay();

  @Option(
      names = "--mass-disappearance-share",
      paramLabel = "SHARE",
      description =
          "When more than this share of all instances disappears within a minute, they are served on; 1 obeys everything (default: 0.5).")
  private double massShare = WriterSettings.DEFAULT.massShare();

  @Option(
      names = "--mass-disappearance-hold",
      paramLabel = "DURATION",
      description = "How long they are served on at most (default: 10m).")
  private Duration longestHold = WriterSettings.DEFAULT.longestHold();

  @Option(
      names = "--jwks-allow",
      paramLabel = "HOST-OR-RANGE",
      split = ",",
      description =
          "The hosts (idp.test, *.idp.test), addresses or ranges (10.0.0.0/8) that Envoys may fetch keys of JSON Web"
              + " Tokens from; * stands for every name and public address (default: *). May be repeated.")
  private List<String> jwksAllow = List.of();

  @Option(
      names = "--jwks-trust-roots",
      paramLabel = "FILE",
      description =
          "The file on every Envoy's disk with the authorities that vouch for key servers (default: "
              + KeyServerAccess.TRUST_ROOTS
              + ").")
  private String jwksTrustRoots = KeyServerAccess.TRUST_ROOTS;

  enum Undeclared {
    all,
    none
  }

  @Option(
      names = "--undeclared-upstreams",
      description =
          "What the sidecar of a service reaches that declares no upstreams, every service that speaks HTTP"
              + " or nothing: ${COMPLETION-CANDIDATES} (default: all).")
  private Undeclared undeclaredUpstreams = Undeclared.all;

  enum MutualTls {
    on,
    off
  }

  @Option(
      names = "--mutual-tls",
      description =
          "Whether sidecars and gateways prove to each other who they are, with certificates of Consul's"
              + " own authority: ${COMPLETION-CANDIDATES} (default: on).")
  private MutualTls mutualTls = MutualTls.on;

  @Override
  public Integer call() throws InterruptedException {
    Convoy convoy = start(settings());
    // A signal ends the process through its shutdown hooks; nothing else ends it.
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(convoy::close));
    var _ = convoy.ready().thenRun(() -> printReady(convoy));
    new CountDownLatch(1).await();
    return ExitCode.OK;
  }

  private static Convoy start(Convoy.Settings settings) {
    try {
      return Convoy.start(settings);
    } catch (IOException e) {
      throw new FailedException(
          e.getMessage()
              + "; end what listens there, or choose another port (0 for a free one) or --bind");
    }
  }

  private void printReady(Convoy convoy) {
    System.out.println(
        "READY xds=%s admin=%s"
            .formatted(listen.xdsAt(convoy.xdsPort()), listen.adminAt(convoy.adminPort())));
    System.out.flush();
  }

  private Convoy.Settings settings() {
    Optional<Path> folder = Optional.ofNullable(directory).map(this::folder);
    Optional<ConsulSettings> consulSettings = consul.settings(folder.isPresent(), commandLine());
    return new Convoy.Settings(
        consulSettings,
        folder,
        new WriterSettings(
            publishInterval,
            Optional.ofNullable(dataDir)
                .map(path -> new WriterSettings.DataDirectory(path, dataKey())),
            WriterSettings.DEFAULT.saveInterval(),
            emptyDelay,
            share(),
            longestHold,
            policyInterval,
            keyServers(),
            switch (undeclaredUpstreams) {
              case all -> UndeclaredUpstreams.ALL;
              case none -> UndeclaredUpstreams.NONE;
            },
            mutualTls(consulSettings.isPresent())),
        listen.xds(commandLine()),
        listen.admin(commandLine()));
  }

  /** {@code authority}: whether there is one. */
  private boolean mutualTls(boolean authority) {
    if (mutualTls == MutualTls.on && !authority) {
      log.info("no mutual TLS between sidecars: without Consul there is no authority for it");
    }
    return mutualTls == MutualTls.on && authority;
  }

  private Optional<DataKey> dataKey() {
    if (dataKeyFile == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(DataKey.read(dataKeyFile));
    } catch (IOException e) {
      throw new FailedException("--data-key-file cannot be used: " + e.getMessage());
    }
  }

  private Path folder(Path path) {
    if (!Files.isDirectory(path)) {
      throw wrong("--file: had " + path + ", expected a folder");
    }
    return path;
  }

  private KeyServerAccess keyServers() {
    if (!jwksTrustRoots.startsWith("/")) {
      throw wrong("--jwks-trust-roots: had " + jwksTrustRoots + ", expected an absolute path");
    }
    try {
      return KeyServerAccess.of(jwksAllow, jwksTrustRoots);
    } catch (IllegalArgumentException e) {
      throw wrong("--jwks-allow: " + e.getMessage());
    }
  }

  private double share() {
    if (!(massShare >= 0 && massShare <= 1)) {
      throw wrong("--mass-disappearance-share: had " + massShare + ", expected 0 to 1");
    }
    return massShare;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(commandLine(), message);
  }

  private CommandLine commandLine() {
    return Objects.requireNonNull(spec).commandLine();
  }
}
