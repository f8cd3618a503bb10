package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * What comes out for what goes in. {@code mvn verify -Dtest=GoldenTest -Dgolden.update=true} writes
 * the expectations anew: look at the difference before you commit it.
 */
class GoldenTest {
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");

  static List<GoldenCase> cases() {
    return GoldenCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void golden(GoldenCase golden) throws IOException {
    String out = yaml(golden);
    if (UPDATE) {
      Files.writeString(golden.out(), out);
    }
    assertThat(out).isEqualTo(GoldenCase.content(golden.out()));
  }

  /** The second time everything comes from what the first one left. */
  @ParameterizedTest
  @MethodSource("cases")
  void sameInputsSameResources(GoldenCase golden) {
    var translator = new Translator(golden.group());
    Translation first = translator.translate(golden.catalog(), golden.policies(), golden.mesh());
    GoldenCase again = GoldenCase.read(golden.name());
    Translation second = translator.translate(again.catalog(), again.policies(), again.mesh());
    assertThat(second.unresolved()).isEqualTo(first.unresolved());
    assertThat(second.resources()).hasSameSizeAs(first.resources());
    for (int i = 0; i < first.resources().size(); i++) {
      assertThat(second.resources().get(i)).isSameAs(first.resources().get(i));
    }
  }

  /** Of a lane's slots, which differ in nothing but their number, the first and the last. */
  private static Object withoutEqualSlots(Object node) {
    return switch (node) {
      case Map<?, ?> map -> {
        Map<Object, Object> kept = new LinkedHashMap<>();
        map.forEach((key, value) -> {
          boolean slot = value.toString().contains("ExecuteFilterAction");
          int number = key.toString().matches("[0-9]+") ? Integer.parseInt(key.toString()) : 0;
          if (!slot || number == 0 || number == map.size() - 1) {
            kept.put(key, withoutEqualSlots(value));
          }
        });
        yield kept;
      }
      case List<?> list -> list.stream().map(GoldenTest::withoutEqualSlots).toList();
      default -> node;
    };
  }

  private static String yaml(GoldenCase golden) {
    Translation translation = golden.translate();
    Map<String, Object> out = new LinkedHashMap<>();
    Map<String, List<String>> unresolved = new TreeMap<>();
    translation
        .unresolved()
        .asMap()
        .forEach((id, lines) -> unresolved.put(id.toString(), List.copyOf(lines)));
    out.put("unresolved", unresolved);
    for (String type : golden.show()) {
      Map<String, Object> resources = new TreeMap<>();
      for (Resource resource : translation.resources()) {
        if (resource.key().type().label().equals(type)) {
          Object body = new Yaml().load(ResourceJson.print(resource));
          resources.put(resource.key().name(), withoutEqualSlots(body));
        }
      }
      out.put(type, resources);
    }
    var options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(110);
    options.setSplitLines(false);
    options.setIndicatorIndent(2);
    options.setIndentWithIndicator(true);
    return new Yaml(options).dump(out);
  }
}
