package io.convoy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class NameSetTest {

  @Property(tries = 200)
  void itIsASet(
      @ForAll @Size(max = 40) List<Set<String>> added,
      @ForAll @Size(max = 40) List<Set<String>> removed) {
    Set<String> expected = new HashSet<>();
    NameSet names = NameSet.EMPTY;
    for (int i = 0; i < Math.max(added.size(), removed.size()); i++) {
      NameSet before = names;
      Set<String> then = new HashSet<>(expected);
      if (i < added.size()) {
        names = names.plus(added.get(i));
        expected.addAll(added.get(i));
      }
      if (i < removed.size()) {
        names = names.minus(removed.get(i));
        expected.removeAll(removed.get(i));
      }
      assertThat(content(before)).isEqualTo(then);
    }
    assertThat(content(names)).isEqualTo(expected);
    assertThat(names.size()).isEqualTo(expected.size());
    assertThat(expected).allMatch(names::contains);
    assertThat(names.anyMatch(name -> !expected.contains(name))).isFalse();
    assertThat(names.containsAll(expected)).isTrue();
  }

  @Property(tries = 200)
  void itIsTheSameAsItsNamesHoweverOftenTheyAreSaid(
      @ForAll Set<String> names, @ForAll List<String> others) {
    NameSet set = NameSet.EMPTY.plus(names);
    Collection<String> twice = new ArrayList<>(names);
    twice.addAll(names);
    assertThat(set.sameAs(twice)).isTrue();
    assertThat(set.sameAs(others)).isEqualTo(names.equals(Set.copyOf(others)));
  }

  private static Set<String> content(NameSet names) {
    Set<String> all = new HashSet<>();
    names.forEach(all::add);
    return all;
  }
}
