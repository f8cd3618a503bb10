package io.convoy.cli;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * TLS from an Envoy to Convoy. Envoy follows PEM files only when they are named by a secret that it
 * got by SDS; so there is a file with such a secret for each of the authority and the certificate.
 * A renewed PEM file must be moved into place.
 *
 * @param authority the file with the secret that names the authority
 * @param certificate the file with the secret that names the Envoy's own certificate and key
 */
public record XdsTls(Path authority, Optional<Path> certificate) {
  private static final String TLS =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";
  private static final String AUTHORITY = "convoy-ca";
  private static final String CERTIFICATE = "convoy-client";

  /** Writes the files. Throws {@link FailedException} when that fails or a PEM file is missing. */
  public static XdsTls write(Path folder, Path ca, @Nullable Path certificate, @Nullable Path key) {
    Path authorityFile =
        write(
            folder,
            AUTHORITY,
            """
            resources:
            - "@type": %sSecret
              name: %s
              validation_context:
                trusted_ca: {filename: %s}
                watched_directory: {path: %s}
            """
                .formatted(TLS, AUTHORITY, file(ca), folder(ca)));
    if (certificate == null || key == null) {
      return new XdsTls(authorityFile, Optional.empty());
    }
    Path certificateFile =
        write(
            folder,
            CERTIFICATE,
            """
            resources:
            - "@type": %sSecret
              name: %s
              tls_certificate:
                certificate_chain: {filename: %s}
                private_key: {filename: %s}
                watched_directory: {path: %s}
            """
                .formatted(TLS, CERTIFICATE, file(certificate), file(key), folder(certificate)));
    return new XdsTls(authorityFile, Optional.of(certificateFile));
  }

  /** The transport socket of the cluster that Convoys at these addresses are. */
  Map<String, Object> transportSocket(List<HostAndPort> addresses) {
    var common = ImmutableSortedMap.<String, Object>naturalOrder();
    common.put(
        "combined_validation_context",
        ImmutableSortedMap.of(
            "default_validation_context",
            Map.of("match_typed_subject_alt_names", names(addresses)),
            "validation_context_sds_secret_config",
            secret(AUTHORITY, authority)));
    certificate.ifPresent(path ->
        common.put("tls_certificate_sds_secret_configs", List.of(secret(CERTIFICATE, path))));
    common.put("alpn_protocols", List.of("h2"));
    var context = ImmutableSortedMap.<String, Object>naturalOrder();
    context.put("@type", TLS + "UpstreamTlsContext");
    context.put("common_tls_context", common.buildOrThrow());
    addresses.stream()
        .map(HostAndPort::getHost)
        .filter(host -> !InetAddresses.isInetAddress(host))
        .findFirst()
        .ifPresent(host -> context.put("sni", host));
    return ImmutableSortedMap.of(
        "name", "envoy.transport_sockets.tls", "typed_config", context.buildOrThrow());
  }

  // A certificate of the same authority for anything else is not Convoy's.
  private static List<Map<String, Object>> names(List<HostAndPort> addresses) {
    return addresses.stream()
        .map(HostAndPort::getHost)
        .distinct()
        .map(host ->
            (Map<String, Object>)
                ImmutableSortedMap.<String, Object>of(
                    "san_type",
                    InetAddresses.isInetAddress(host) ? "IP_ADDRESS" : "DNS",
                    "matcher",
                    Map.of("exact", host)))
        .toList();
  }

  private static Map<String, Object> secret(String name, Path file) {
    return ImmutableSortedMap.of(
        "name",
        name,
        "sds_config",
        ImmutableSortedMap.of(
            "resource_api_version", "V3", "path_config_source", Map.of("path", file.toString())));
  }

  private static Path write(Path folder, String name, String text) {
    Path file = folder.toAbsolutePath().resolve(name + ".sds.yaml");
    try {
      Path next = Files.writeString(folder.resolve("." + name + ".next"), text);
      return Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new FailedException(
          "cannot write " + file + " (" + e + "); --sds-dir names another folder for it");
    }
  }

  private static String file(Path path) {
    if (!Files.isReadable(path)) {
      throw new FailedException("cannot read " + path);
    }
    return quoted(path.toAbsolutePath());
  }

  private static String folder(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    return quoted(folder == null ? path.toAbsolutePath() : folder);
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "''") + "'";
  }
}
