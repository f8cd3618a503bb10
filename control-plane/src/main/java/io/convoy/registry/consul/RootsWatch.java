package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JsonParser;
import io.convoy.catalog.Mesh;
import io.convoy.registry.RegistryListener;
import io.convoy.registry.consul.ConsulFault.Reason;
import io.convoy.registry.consul.Query.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roots of Consul's certificate authority, by one blocking query, and the datacenter that its
 * certificates name. Neither needs a token.
 */
final class RootsWatch implements BlockingQuery.Follower<Roots> {
  static final String QUERY = "connect-roots";
  static final int BLOCKING_QUERIES = 1;

  private static final Logger log = LoggerFactory.getLogger(RootsWatch.class);
  private static final Duration GAP = Duration.ofMillis(10);

  /** The agent's own comes first: they are sorted by distance. */
  private static final Query<List<String>> DATACENTERS =
      Query.withoutIndex("datacenters", "catalog/datacenters", RootsWatch::names);

  private final ConsulHttp http;
  private final PartStatus status;
  private final LeafReader leaves;
  private final RegistryListener listener;
  private String datacenter = "";
  private boolean toldDisabled;

  RootsWatch(
      ConsulRegistry.Context context,
      PartStatus status,
      LeafReader leaves,
      RegistryListener listener) {
    this.http = context.http();
    this.status = status;
    this.leaves = leaves;
    this.listener = listener;
  }

  BlockingQuery<Roots> query(ConsulRegistry.Context context) {
    return new BlockingQuery<>(
        Query.of(QUERY, "agent/connect/ca/roots", Roots::read), GAP, this, context);
  }

  @Override
  public void answered(Answer<Roots> answer, boolean restarted) throws ConsulFault {
    Roots roots = answer.body();
    if (roots.certificates().isEmpty() || roots.trustDomain().isEmpty()) {
      throw new ConsulFault(
          Reason.SERVER_ERROR, "consul: its certificate authority has no root yet");
    }
    if (datacenter.isEmpty()) {
      datacenter = http.get(DATACENTERS).body().stream().findFirst().orElse("");
    }
    listener.authorityRead(new Mesh.Authority(roots.trustDomain(), datacenter));
    listener.rootsRead(roots.certificates());
    leaves.rootsRead(roots);
    toldDisabled = false;
    status.answered(QUERY);
  }

  @Override
  public void failed(ConsulFault fault) {
    if (!fault.getMessage().contains("Connect must be enabled")) {
      status.failed(QUERY, fault.getMessage());
      return;
    }
    if (!toldDisabled) {
      log.warn(
          "{}: without Consul's certificate authority services with a sidecar are neither reached nor take"
              + " requests; set connect {{ enabled = true }} on Consul's servers, or start Convoy with"
              + " --mutual-tls off",
          fault.getMessage());
      toldDisabled = true;
    }
    status.answered(QUERY);
  }

  private static List<String> names(InputStream body) throws IOException {
    List<String> names = new ArrayList<>();
    try (JsonParser json = ConsulJson.parser(body)) {
      json.nextToken();
      names.addAll(ConsulJson.list(json));
    }
    return names;
  }
}
