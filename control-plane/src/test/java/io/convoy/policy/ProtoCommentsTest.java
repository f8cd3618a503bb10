package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The comments in {@code proto/} are the reference of all documents. */
class ProtoCommentsTest {
  private static final Path PROTO = Path.of("..", "proto", "convoy", "config", "v1");
  private static final Pattern DECLARATION =
      Pattern.compile("\\s*(message \\w+ \\{|.* = [0-9]+( \\[.*\\])?;)");
  private static final Pattern CONSUL_NAME =
      Pattern.compile(".*json_name = \"([A-Z]\\w*|[a-z0-9_]+)\".*");

  static List<Path> protos() throws IOException {
    try (Stream<Path> files = Files.list(PROTO)) {
      return files.toList();
    }
  }

  @ParameterizedTest
  @MethodSource("protos")
  void everyMessageAndFieldHasOne(Path proto) throws IOException {
    List<String> lines = Files.readAllLines(proto);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (DECLARATION.matcher(line).matches()) {
        assertThat(lines.get(i - 1).strip()).as("%s:%d", proto, i + 1).startsWith("// ");
        boolean field = !line.contains("message ") && !proto.endsWith("common.proto");
        assertThat(!field || CONSUL_NAME.matcher(line).matches())
            .as("%s:%d has Consul's name", proto, i + 1)
            .isTrue();
      }
    }
  }
}
