package io.convoy.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.collect.ImmutableSortedMap;
import com.google.common.collect.ImmutableSortedSet;
import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceFilterTest {
  private static final Instance INSTANCE =
      new Instance(
          "node-1",
          "user-1",
          "10.0.0.1",
          8080,
          ImmutableSortedSet.of("blue", "v1"),
          ImmutableSortedMap.of("version", "1.2", "empty", "", "the key", "x y"),
          1,
          Health.PASSING,
          Locality.UNKNOWN,
          1);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "Service.ID == \"user-1\"",
        "Service.ID == `user-1`",
        "Service.ID!=user",
        "Service.Service == user",
        "Service.Address == \"10.0.0.1\"",
        "Service.Address contains \"10.0\"",
        "\"10.0\" in Service.Address",
        "Service.Port == 8080",
        "Service.Port != 80",
        "Node.Node == \"node-1\"",
        "Service.Tags contains blue",
        "blue in Service.Tags",
        "\"blue\" in Service.Tags",
        "Service.Tags not contains green",
        "green not in Service.Tags",
        "Service.Tags is not empty",
        "Service.Meta is not empty",
        "version in Service.Meta",
        "Service.Meta contains \"the key\"",
        "Service.Meta.version == 1.2",
        "Service.Meta[\"version\"] == \"1.2\"",
        "Service.Meta[\"the key\"] == \"x y\"",
        "Service.Meta.version matches \"^1\\\\.\"",
        "Service.Meta.version matches `[0-9]`",
        "Service.Meta.version not matches `^2`",
        "Service.Meta.empty is empty",
        "Service.Meta.none is empty",
        "Service.Meta.none != a",
        "Service.Meta.none not in Service.Tags or Service.Port == 8080",
        "not Service.Meta.none == a",
        "not not Service.Port == 8080",
        "not (Service.Port == 80)",
        "( Service.Port == 80 or Service.Port == 8080 ) and blue in Service.Tags",
        "Service.Port == 8080 or Service.Port == 80 and Service.Port == 81",
        "((Service.Port == 8080))",
        "\n\tService.Port\n==\t8080 \r\n",
      })
  void matches(String expression) throws InstanceFilter.Malformed {
    assertThat(InstanceFilter.parse("user", expression).matches(INSTANCE)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Service.ID == user",
        "Service.Port == 80",
        "Service.Port != 8080",
        "Service.Tags contains green",
        "Service.Tags is empty",
        "Service.Meta is empty",
        "Service.Meta.none == a",
        "Service.Meta.none is not empty",
        "Service.Meta.none contains a",
        "Service.Meta.none matches a",
        "Service.Meta.version is empty",
        "not Service.Port == 8080",
        "Service.Port == 8080 and Service.Port == 80",
        "Service.Port == 80 or Service.Port == 81",
        "(Service.Port == 8080 or Service.Port == 80) and Service.Port == 81",
      })
  void doesNotMatch(String expression) throws InstanceFilter.Malformed {
    assertThat(InstanceFilter.parse("user", expression).matches(INSTANCE)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Service.Tag == x|expected one of Service.ID, Service.Service, Service.Address, Service.Port, Service.Tags, Service.Meta, Service.Meta.KEY, Service.Meta[\"KEY\"], Node.Node, had \"Service.Tag\" at character 1",
        "Service.Meta.a.b == x|had \"Service.Meta.a.b\" at character 1",
        "version == v1|had \"version\" at character 1",
        "Service.Port == 80 and x in Node.Meta|had \"Node.Meta\" at character 29",
        "Service.ID|expected one of ==, !=, in, not in, contains, not contains, is empty, matches, had the end at character 11",
        "Service.ID ==|expected a field or a value, had the end at character 14",
        "Service.ID = x|expected no \"=\" at character 12",
        "Service.ID == v1-2|expected and, or, or the end (a value of more than a word stands in quotes), had \"-2\" at character 17",
        "Service.ID == \"x|expected the string at character 15 to end",
        "Service.ID == \"\\x\"|after the backslash in the string at character 15",
        "Service.ID == x y|stands in quotes), had \"y\" at character 17",
        "(Service.ID == x|expected a closing parenthesis, had the end at character 17",
        "Service.ID == x)|stands in quotes), had \")\" at character 16",
        "Service.Meta[a] == x|expected a key in quotes, had \"a\" at character 14",
        "Service.Meta[\"a\" == x|expected a closing bracket, had \"==\" at character 18",
        "Service. == x|expected a name after the dot, had \"==\" at character 10",
        "\"x\" == Service.ID|expected in or not in after the value, had \"==\" at character 5",
        "\"x\" in \"y\"|expected a field such as Service.Tags, had \"y\" at character 8",
        "Service.Tags == x|expected in, contains or is empty for Service at character 1",
        "Service.Port matches 8|expected == or != and a whole number for Service.Port at character 1",
        "Service.Port == http|expected == or != and a whole number",
        "Service.ID matches \"(\"|expected an RE2 regular expression: ",
        "Service.ID is full|expected empty or not empty, had \"full\" at character 15",
        "Service.ID not is empty|expected one of ==",
        "and|expected one of Service.ID",
      })
  void refuses(String expression, String expected) {
    assertThatExceptionOfType(InstanceFilter.Malformed.class)
        .isThrownBy(() -> InstanceFilter.parse("user", expression))
        .withMessageContaining(expected);
  }

  @Test
  void isBounded() {
    for (String expression :
        java.util.List.of(
            "(".repeat(60) + "Service.Port == 80" + ")".repeat(60),
            "not ".repeat(60) + "Service.Port == 80",
            "Service.ID == x" + " or Service.ID == x".repeat(300))) {
      assertThatExceptionOfType(InstanceFilter.Malformed.class)
          .isThrownBy(() -> InstanceFilter.parse("user", expression));
    }
  }

  @Test
  void equalTextIsEqual() throws InstanceFilter.Malformed {
    InstanceFilter filter = InstanceFilter.parse("user", "Service.Port == 80");
    assertThat(filter)
        .isEqualTo(InstanceFilter.parse("user", "Service.Port == 80"))
        .hasSameHashCodeAs(InstanceFilter.parse("user", "Service.Port == 80"))
        .isNotEqualTo(InstanceFilter.parse("user", "Service.Port == 81"))
        .isNotEqualTo(InstanceFilter.ALL)
        .hasToString("Service.Port == 80");
    assertThat(InstanceFilter.parse("user", " ")).isSameAs(InstanceFilter.ALL);
  }
}
