package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "shop.test", "*.shop.test", "a-b.c_d.e", "10.0.0.1"})
  void hostnames(String host) {
    assertThat(Hosts.isHostname(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "*", "*.", "a..b", "-a", "a-.b", "a:80", "a/b", "*a.b", "a.*.b", "A.b"})
  void otherThings(String host) {
    assertThat(Hosts.isHostname(host)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "*, a.test, true",
    "*, *.test, true",
    "*, *, true",
    "*.test, a.test, true",
    "*.test, a.b.test, true",
    "*.test, *.b.test, true",
    "*.test, test, false",
    "*.test, atest, false",
    "*.b.test, *.test, false",
    "a.test, a.test, true",
    "a.test, b.test, false",
    "a.test, *, false"
  })
  void covers(String wide, String narrow, boolean expected) {
    assertThat(Hosts.covers(wide, narrow)).isEqualTo(expected);
  }

  @Test
  void intersectionIsTheNarrower() {
    assertThat(Hosts.intersection("*.test", "a.test")).isEqualTo(Optional.of("a.test"));
    assertThat(Hosts.intersection("a.test", "*.test")).isEqualTo(Optional.of("a.test"));
    assertThat(Hosts.intersection("*.a.test", "*.b.test")).isEmpty();
  }
}
