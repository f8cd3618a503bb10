package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.translation.Seats.Sitter;
import io.convoy.translation.http.Lane;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SeatsTest {
  private static final Sitter GATEWAY = limit("of-gateway");
  private static final Sitter USER = limit("of-user");
  private static final Sitter ORDER = limit("of-order");

  private final Seats seats = new Seats();

  private static Sitter limit(String name) {
    return new Sitter(Lane.Kind.LIMIT, name);
  }

  @Test
  void whatARequestPassesTogetherSitsInDifferentLanes() {
    seats.update(
        ImmutableSet.of(GATEWAY, USER, ORDER),
        List.of(ImmutableList.of(USER, GATEWAY), ImmutableList.of(ORDER, GATEWAY)));
    assertThat(seats.of(GATEWAY).lane().index()).isZero();
    assertThat(seats.of(USER).lane().index()).isEqualTo(1);
    assertThat(seats.of(ORDER).lane().index()).isEqualTo(1);
    assertThat(seats.of(ORDER).slot()).isNotEqualTo(seats.of(USER).slot());
  }

  @Test
  void nobodyMovesWhenAnotherComesOrGoes() {
    seats.update(ImmutableSet.of(GATEWAY, USER), List.of(ImmutableList.of(USER, GATEWAY)));
    Seats.Seat before = seats.of(USER);
    seats.update(ImmutableSet.of(USER), List.of(ImmutableList.of(USER)));
    assertThat(seats.of(USER)).isEqualTo(before);
    seats.update(
        ImmutableSet.of(USER, ORDER), List.of(ImmutableList.of(USER), ImmutableList.of(ORDER)));
    assertThat(seats.of(USER)).isEqualTo(before);
    assertThat(seats.of(ORDER).lane().index()).isZero();
  }

  @Test
  void theYoungerMovesWhereTwoComeTogether() {
    seats.update(
        ImmutableSet.of(USER, ORDER), List.of(ImmutableList.of(USER), ImmutableList.of(ORDER)));
    Seats.Seat older = seats.of(USER);
    seats.update(ImmutableSet.of(USER, ORDER), List.of(ImmutableList.of(USER, ORDER)));
    assertThat(seats.of(USER)).isEqualTo(older);
    assertThat(seats.of(ORDER).lane()).isNotEqualTo(older.lane());
  }

  @Test
  void anOlderOneThatComesMovesNobody() {
    seats.update(ImmutableSet.of(USER), List.of(ImmutableList.of(USER)));
    Seats.Seat before = seats.of(USER);
    seats.update(ImmutableSet.of(ORDER, USER), List.of(ImmutableList.of(ORDER, USER)));
    assertThat(seats.of(USER)).isEqualTo(before);
    assertThat(seats.of(ORDER).lane()).isNotEqualTo(before.lane());
  }

  @Test
  void lanesGrowByDoubling() {
    int prepared = limitLanes();
    List<Sitter> all = new ArrayList<>();
    int growths = 0;
    int before = prepared;
    for (int i = 0; i < 30; i++) {
      all.add(limit("of-user-" + i));
      seats.update(ImmutableSet.copyOf(all), List.of(ImmutableList.copyOf(all)));
      growths += limitLanes() == before ? 0 : 1;
      before = limitLanes();
      assertThat(before).as("lanes for %s limits", i + 1).isGreaterThan(i);
    }
    assertThat(growths).isEqualTo(4);
    assertThat(before).isEqualTo(64);
  }

  private int limitLanes() {
    return (int)
        seats.lanes().slots().keySet().stream()
            .filter(lane -> lane.kind() == Lane.Kind.LIMIT)
            .count();
  }

  @Test
  void preparedLanesStay() {
    var prepared = seats.lanes();
    seats.update(ImmutableSet.of(GATEWAY, USER), List.of(ImmutableList.of(GATEWAY, USER)));
    assertThat(seats.lanes()).isEqualTo(prepared);
  }
}
