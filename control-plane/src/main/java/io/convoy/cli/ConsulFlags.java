package io.convoy.cli;

import com.google.common.collect.ImmutableList;
import io.convoy.registry.consul.ConsulSettings;
import io.convoy.registry.consul.ConsulSettings.Consistency;
import io.convoy.registry.consul.ConsulSettings.Tls;
import io.convoy.registry.consul.ConsulSettings.Token;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How Consul is reached; the same flags on every command that needs it. */
final class ConsulFlags {
  private static final String DEFAULT_ADDRESS = "http://127.0.0.1:8500";

  enum Mode {
    DEFAULT,
    STALE,
    CONSISTENT
  }

  @Option(
      names = "--consul",
      paramLabel = "URL",
      split = ",",
      description =
          "Address of a Consul agent; may be repeated: the next is tried when one cannot be reached"
              + " (default: http://127.0.0.1:8500, and none with --file).")
  private List<String> addresses = List.of();

  @Option(
      names = "--consul-token",
      paramLabel = "TOKEN",
      description =
          "ACL token. Other users of the machine can read a process's flags: better the environment or a file.")
  private @Nullable String token;

  @Option(
      names = "--consul-token-file",
      paramLabel = "FILE",
      description = "File with the ACL token; read again when it changes.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--consul-ca",
      paramLabel = "FILE",
      description = "PEM of the authority that Consul's certificate is of.")
  private @Nullable Path ca;

  @Option(
      names = "--consul-cert",
      paramLabel = "FILE",
      description = "PEM certificate to show to Consul.")
  private @Nullable Path certificate;

  @Option(names = "--consul-key", paramLabel = "FILE", description = "PEM of its key.")
  private @Nullable Path key;

  @Option(
      names = "--consul-consistency",
      description = "Consul's consistency mode: default, stale or consistent (default: default).")
  private Mode consistency = Mode.DEFAULT;

  @Option(
      names = "--consul-datacenter",
      paramLabel = "NAME",
      description = "Another datacenter than the agent's own.")
  private String datacenter = "";

  @Option(
      names = "--kv-prefix",
      paramLabel = "FOLDER/",
      description = "Where in Consul's KV the documents are (default: convoy/).")
  private String kvPrefix = "convoy/";

  /** The settings; empty when no address is given and there is another registry. */
  Optional<ConsulSettings> settings(boolean otherRegistry, CommandLine command) {
    return addresses.isEmpty() && otherRegistry ? Optional.empty() : Optional.of(settings(command));
  }

  ConsulSettings settings(CommandLine command) {
    List<String> given = addresses.isEmpty() ? List.of(DEFAULT_ADDRESS) : addresses;
    try {
      ConsulSettings defaults = ConsulSettings.of(URI.create(DEFAULT_ADDRESS));
      return new ConsulSettings(
          given.stream().map(ConsulFlags::address).collect(ImmutableList.toImmutableList()),
          token(),
          new Tls(
              Optional.ofNullable(ca), Optional.ofNullable(certificate), Optional.ofNullable(key)),
          Consistency.valueOf(consistency.name()),
          datacenter,
          defaults.waitTime(),
          defaults.hangTimeout(),
          kvPrefix.endsWith("/") ? kvPrefix : kvPrefix + "/",
          defaults.maxConnections());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command, String.valueOf(e.getMessage()), e);
    }
  }

  private static URI address(String text) {
    String url = text.contains("://") ? text : "http://" + text;
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "--consul: had %s, expected http://HOST:PORT or https://HOST:PORT".formatted(text), e);
    }
  }

  private Optional<Token> token() {
    if (token != null && tokenFile != null) {
      throw new IllegalArgumentException(
          "--consul-token and --consul-token-file exclude each other");
    }
    if (token != null) {
      return Optional.of(new Token.Value(token));
    }
    return Optional.ofNullable(tokenFile).map(Token.File::new);
  }
}
