package io.convoy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.collect.ImmutableList;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.registry.consul.ConsulSettings;
import io.convoy.translation.NodeGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Option;

/** Asks what a change would do instead of making it. */
final class DryRunFlags {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Option(
      names = "--dry-run",
      description =
          "Write nothing; print which resources of which node groups would change, which listeners"
              + " would drain, and what would break.")
  private boolean dryRun;

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description =
          "A running Convoy's admin endpoint: --dry-run looks at the node groups that it serves,"
              + " too (default: the gateways that documents describe, and the default one).")
  private String admin = "";

  boolean given() {
    return dryRun;
  }

  void print(
      ConsulSettings consul,
      Collection<RawDocument> put,
      Collection<DocumentId> deleted,
      PrintWriter out) {
    List<NodeGroup> served = admin.isEmpty() ? List.of() : served();
    DryRun.of(ConsulState.read(consul), put, deleted, served).forEach(out::println);
    out.println("nothing was written: --dry-run");
    out.flush();
  }

  private List<NodeGroup> served() {
    String url = (admin.contains("://") ? admin : "http://" + admin).replaceFirst("/+$", "");
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(LIMIT).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/snapshots")).timeout(LIMIT).build();
      String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
      String[] groups = JsonMapper.builder().build().readValue(body, String[].class);
      return List.of(groups).stream()
          .map(NodeGroup::parse)
          .collect(ImmutableList.toImmutableList());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new FailedException(url + "/snapshots does not answer as Convoy does");
    } catch (IOException e) {
      throw new FailedException(url + ": cannot connect: is a Convoy's admin endpoint there?");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted while asking " + url);
    }
  }
}
