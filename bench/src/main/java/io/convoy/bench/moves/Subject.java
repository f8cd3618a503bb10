package io.convoy.bench.moves;

import io.convoy.bench.stage.Stage;
import io.convoy.cli.local.ConsulProcess;
import java.util.List;

/** Who tells streams of endpoints. The names are those of the flag. */
public enum Subject {
  convoy,
  go_control_plane,
  consul;

  /** Starts it on a Consul whose own xDS is at that port. */
  Served start(Stage stage, ConsulProcess agent, int agentXdsPort, int streams, int followed) {
    return switch (this) {
      case convoy -> new Served.Plain(stage.convoy(agent));
      case go_control_plane ->
          new Served.Plain(stage.peer("endpoints", List.of("-consul", agent.url())));
      case consul -> Served.Mesh.of(agent, agentXdsPort, streams, followed);
    };
  }

  @Override
  public String toString() {
    return name().replace('_', '-');
  }
}
