package io.convoy.bench.headline;

import io.convoy.bench.stage.ControlPlane;
import io.convoy.bench.stage.Stage;
import io.convoy.cli.local.ConsulProcess;
import java.util.List;

/** Who follows the documents. The names are those of the flag. */
public enum Subject {
  convoy,
  go_control_plane,
  go_control_plane_snapshot;

  ControlPlane start(Stage stage, ConsulProcess consul, String interval) {
    return switch (this) {
      case convoy -> stage.convoy(consul, List.of("--policy-min-apply-interval", interval));
      case go_control_plane -> peer(stage, consul, "linear");
      case go_control_plane_snapshot -> peer(stage, consul, "snapshot");
    };
  }

  private static ControlPlane peer(Stage stage, ConsulProcess consul, String cache) {
    return stage.peer("policies", List.of("-consul", consul.url(), "-cache", cache));
  }

  @Override
  public String toString() {
    return name().replace('_', '-');
  }
}
