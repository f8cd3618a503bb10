package io.convoy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a running Convoy's admin endpoint is reached; the same flags on every command. */
final class AdminFlags {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String DEFAULT = "127.0.0.1:18001";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description =
          "A running Convoy's admin endpoint: explain asks it (default: http://127.0.0.1:18001), and --dry-run looks"
              + " at the node groups that it serves, too, with mutual TLS where it has it (default: the gateways"
              + " that documents describe, the default one, and sidecars of services that the change names, with"
              + " mutual TLS).")
  private String url = "";

  @Option(
      names = "--admin-token-file",
      paramLabel = "FILE",
      description = "File with a token for the admin endpoint in its first line.")
  private @Nullable Path token;

  @Option(
      names = "--admin-ca",
      paramLabel = "FILE",
      description = "PEM of the authority that the admin endpoint's certificate is of.")
  private @Nullable Path authority;

  boolean given() {
    return !url.isEmpty();
  }

  /**
   * What is at a path, in JSON. Throws {@link FailedException} with what is wrong and a next step.
   */
  JsonNode get(String path) {
    String address = url.isEmpty() ? DEFAULT : url;
    String base = (address.contains("://") ? address : "http://" + address).replaceFirst("/+$", "");
    try (HttpClient client = client()) {
      var request = HttpRequest.newBuilder(URI.create(base + path)).timeout(LIMIT);
      if (token != null) {
        request.header("Authorization", "Bearer " + firstLine(token));
      }
      var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonNode body = JSON.readTree(response.body());
      if (response.statusCode() != 200) {
        throw new FailedException(
            base + ": " + body.path("error").asText() + "; " + body.path("next").asText());
      }
      return body;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new FailedException(base + " does not answer as Convoy does");
    } catch (SSLException e) {
      throw new FailedException(
          "%s: %s; --admin-ca FILE says whose certificate it has".formatted(base, e.getMessage()));
    } catch (IOException e) {
      throw new FailedException(
          base + ": cannot connect: is a Convoy's admin endpoint there? --admin URL says where");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted while asking " + base);
    }
  }

  private HttpClient client() {
    var client = HttpClient.newBuilder().connectTimeout(LIMIT);
    if (authority != null) {
      try {
        client.sslContext(FileTrustManager.ofServers(authority));
      } catch (IOException | GeneralSecurityException e) {
        throw new FailedException("--admin-ca: %s cannot be used: %s".formatted(authority, e));
      }
    }
    return client.build();
  }

  private static String firstLine(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .findFirst()
          .orElseThrow(() -> new FailedException(file + " holds no token"));
    } catch (IOException e) {
      throw new FailedException("--admin-token-file: cannot read " + file);
    }
  }
}
