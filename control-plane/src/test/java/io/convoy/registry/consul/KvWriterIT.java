package io.convoy.registry.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.fixture.ConsulFixture;
import io.convoy.policy.DocumentId;
import io.convoy.registry.consul.KvWriter.Change;
import io.convoy.registry.consul.KvWriter.Outcome;
import io.convoy.registry.consul.KvWriter.Stored;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents are written to a real Consul, and never over somebody else's change. */
class KvWriterIT {
  private static final DocumentId SHOP = new DocumentId("http-route", "shop");

  @SuppressWarnings("NullAway.Init")
  private static ConsulFixture consul;

  @BeforeAll
  static void startConsul() {
    consul = ConsulFixture.start();
  }

  @AfterAll
  static void stopConsul() {
    consul.close();
  }

  @BeforeEach
  void empty() {
    consul.api().deleteKey("convoy/?recurse");
  }

  @Test
  void createsChangesAndDeletes() throws KvWriter.Failed {
    try (KvWriter kv = writer()) {
      assertThat(kv.list()).isEmpty();
      assertThat(kv.get(SHOP)).isEmpty();
      assertThat(kv.write(List.of(put(SHOP, "ü", 0))).conflict()).isEmpty();
      Stored stored = kv.get(SHOP).orElseThrow();
      assertThat(stored.text()).isEqualTo("ü");
      assertThat(kv.write(List.of(put(SHOP, "two", stored.modifyIndex()))).written())
          .containsExactly(SHOP);
      Stored second = kv.get(SHOP).orElseThrow();
      assertThat(kv.list()).containsExactly(second);
      assertThat(second.text()).isEqualTo("two");
      Change delete = new Change(SHOP, Optional.empty(), Optional.of(second.modifyIndex()));
      assertThat(kv.write(List.of(delete)).conflict()).isEmpty();
      assertThat(kv.get(SHOP)).isEmpty();
    }
  }

  @Test
  void refusesWhatChangedMeanwhile() throws KvWriter.Failed {
    try (KvWriter kv = writer()) {
      kv.write(List.of(put(SHOP, "one", 0)));
      long read = kv.get(SHOP).orElseThrow().modifyIndex();
      consul.putKey("convoy/http-route/shop", "theirs");
      Outcome late = kv.write(List.of(put(SHOP, "mine", read)));
      assertThat(late.written()).isEmpty();
      assertThat(late.conflict()).contains(SHOP);
      Outcome create = kv.write(List.of(put(SHOP, "mine", 0)));
      assertThat(create.conflict()).isPresent();
      Outcome delete = kv.write(List.of(new Change(SHOP, Optional.empty(), Optional.of(read))));
      assertThat(delete.conflict()).isPresent();
      assertThat(kv.get(SHOP).orElseThrow().text()).isEqualTo("theirs");

      Change force = new Change(SHOP, Optional.of("mine"), Optional.empty());
      assertThat(kv.write(List.of(force)).written()).containsExactly(SHOP);
      assertThat(kv.get(SHOP).orElseThrow().text()).isEqualTo("mine");
      kv.write(List.of(new Change(SHOP, Optional.empty(), Optional.empty())));
      assertThat(kv.get(SHOP)).isEmpty();
    }
  }

  @Test
  void writesMoreThanATransactionTakes() throws KvWriter.Failed {
    List<Change> changes =
        IntStream.range(0, 150)
            .mapToObj(i -> put(new DocumentId("http-route", "r" + i), "text " + i, 0))
            .toList();
    try (KvWriter kv = writer()) {
      assertThat(kv.write(changes).written()).hasSize(150);
      assertThat(kv.list()).hasSize(150);
    }
  }

  @Test
  void saysWhenConsulIsNotThere() throws KvWriter.Failed {
    try (KvWriter kv = new KvWriter(ConsulSettings.of(URI.create("http://127.0.0.1:1")))) {
      assertThatThrownBy(kv::list)
          .isInstanceOf(KvWriter.Failed.class)
          .hasMessageStartingWith("http://127.0.0.1:1: cannot connect");
      assertThatThrownBy(() -> kv.write(List.of(put(SHOP, "x", 0))))
          .hasMessageStartingWith("http://127.0.0.1:1: cannot connect");
    }
  }

  private static Change put(DocumentId id, String text, long modifyIndex) {
    return new Change(id, Optional.of(text), Optional.of(modifyIndex));
  }

  private static KvWriter writer() throws KvWriter.Failed {
    return new KvWriter(ConsulSettings.of(URI.create(consul.url())));
  }
}
