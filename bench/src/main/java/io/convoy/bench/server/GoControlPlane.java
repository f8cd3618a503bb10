package io.convoy.bench.server;

import io.convoy.bench.stage.GoProgram;
import io.convoy.translation.Resource;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * The peer in {@code bench/peers/go-control-plane}: built when it is asked for, and fed the
 * resources that Convoy's translation makes. It translates nothing itself.
 */
final class GoControlPlane {
  private GoControlPlane() {}

  /** The program, built of its source as it is now. */
  static Path program() {
    return GoProgram.build("go-control-plane", ".");
  }

  /** Has the resources published, all at once. */
  static void tell(BufferedWriter commands, List<Resource> resources) throws IOException {
    for (Resource resource : resources) {
      commands.write("put " + resource.key().type().typeUrl() + " " + resource.key().name() + " ");
      byte[] content = resource.body().getValue().toByteArray();
      commands.write(Base64.getEncoder().encodeToString(content));
      commands.newLine();
    }
    commands.write("publish");
    commands.newLine();
    commands.flush();
  }
}
