package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SlotsTest {

  /** The numbers stand for documents: each is added, or removed where it is there. */
  @Property(tries = 200)
  void nothingMovesAndNothingIsShared(
      @ForAll @Size(max = 200) List<@IntRange(max = 60) Integer> toggles) {
    var slots = new Slots(16);
    List<String> present = new ArrayList<>();
    Map<String, Integer> before = new TreeMap<>();
    for (int toggle : toggles) {
      String key = "document-" + toggle;
      if (!present.remove(key)) {
        present.add(key);
      }
      slots.update(present);
      Map<String, Integer> now = new TreeMap<>();
      present.forEach(name -> now.put(name, slots.of(name)));
      assertThat(now.values()).doesNotHaveDuplicates().allMatch(slot -> slot < slots.size());
      before.keySet().retainAll(now.keySet());
      assertThat(now).containsAllEntriesOf(before);
      before = now;
    }
  }

  /** A replica that starts later gives what one gives that saw the documents come. */
  @Property(tries = 100)
  void theSameOnEveryReplica(@ForAll @IntRange(min = 1, max = 100) int documents) {
    var grown = new Slots(16);
    List<String> present = new ArrayList<>();
    for (int i = 0; i < documents; i++) {
      present.add("document-" + i);
      grown.update(present);
    }
    var fresh = new Slots(16);
    fresh.update(present);
    assertThat(fresh.size()).isEqualTo(grown.size());
    assertThat(present).allSatisfy(name -> assertThat(fresh.of(name)).isEqualTo(grown.of(name)));
  }

  @Test
  void growsBeforeTheLastIsTaken() {
    var slots = new Slots(16);
    List<String> present = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      present.add("document-" + i);
    }
    slots.update(present);
    assertThat(slots.size()).isEqualTo(16);
    present.add("document-12");
    slots.update(present);
    assertThat(slots.size()).isEqualTo(32);
    slots.update(List.of());
    assertThat(slots.size()).isEqualTo(32);
  }
}
