package io.convoy.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.convoy.policy.DocumentId;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random publishes, requests, answers, refusals, stale nonces and reconnects on both protocols, a
 * thousand steps to a seed. What may never happen is checked at each response by {@link Envoyish};
 * at the end every client holds what it should. Nothing may need the time limit of order: no alarm
 * of it ever rings, so that a deadlock shows as a client that lacks something.
 */
class InterleavingsTest {
  private static final int NAMES = 5;

  /** The extensions that every listener names, whether there is such a resource or not. */
  private static final int SLOTS = 4;

  private static final int STEPS = 1_000;
  private static final Duration LIMIT = Duration.ofDays(1);
  private static final Duration DRAIN = Duration.ofSeconds(3);

  /** How long other seeds are tried. */
  private static final Duration TIME = Duration.ofSeconds(4);

  record Step(int kind, int client, ResourceType type, int name, Envoyish.Words words, int choice) {

    static Step random(Random random) {
      ResourceType[] types = ResourceType.values();
      Envoyish.Words[] words = Envoyish.Words.values();
      return new Step(
          random.nextInt(100),
          random.nextInt(4),
          types[random.nextInt(types.length)],
          random.nextInt(NAMES),
          words[random.nextInt(words.length)],
          random.nextInt(1 << random.nextInt(1, 17)));
    }
  }

  static List<Step> steps(long seed) {
    var random = new Random(seed);
    return IntStream.range(0, STEPS).mapToObj(i -> Step.random(random)).toList();
  }

  static void run(List<Step> steps) {
    try (World world = new World(World.order(LIMIT, DRAIN))) {
      var run = new Run(world);
      steps.forEach(run::step);
      run.end();
    }
  }

  @Test
  void everyClientEndsWithTheSnapshotAndNothingForbiddenHappens(TestReporter reporter) {
    long end = System.nanoTime() + TIME.toNanos();
    var seeds = new Random();
    int tries = 0;
    do {
      long seed = seeds.nextLong();
      assertThatCode(() -> run(steps(seed))).as("seed %s", seed).doesNotThrowAnyException();
      tries++;
    } while (System.nanoTime() < end);
    reporter.publishEntry("seeds tried", String.valueOf(tries));
  }

  /** Seeds that once failed. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        3008806957747601720L,
        8396527993590527930L,
        5123902406589080641L,
        5223175929851631309L
      })
  void whatOnceFailedDoesNotFailAgain(long seed) {
    run(steps(seed));
  }

  private static final class Run {
    private final World world;
    private final Map<String, Resource> published = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<Envoyish> clients = new ArrayList<>();
    private int number;

    Run(World world) {
      this.world = world;
      for (int i = 0; i < 4; i++) {
        int own = i;
        clients.add(
            new Envoyish(
                world,
                i % 2 == 0 ? Protocol.SOTW : Protocol.DELTA,
                "client" + i,
                published,
                numbers,
                version -> bad(version, own)));
      }
    }

    /** Some content is refused by everyone, some by one. */
    private boolean bad(String version, int client) {
      int number = numbers.getOrDefault(version, 0);
      return number % 13 == 5 || number % 17 == client;
    }

    void step(Step step) {
      Envoyish client = clients.get(step.client());
      ResourceType type = step.type();
      String name = "n" + step.name();
      int kind = step.kind();
      if (kind < 30) {
        publish(type, name, step.choice());
      } else if (kind < 75) {
        client.answer(step.choice(), step.words());
      } else if (kind < 84) {
        client.subscribe(type, name);
      } else if (kind < 87) {
        client.unsubscribe(type, name);
      } else if (kind < 91) {
        wildcard(client, step);
      } else if (kind < 94) {
        client.stale(type);
      } else if (kind < 97) {
        world.clock.pass(Duration.ofMillis(step.choice() % 2_000));
      } else if (kind < 98) {
        client.reconnect((step.choice() & 1) == 0);
      } else {
        client.answer(step.choice(), Envoyish.Words.NONE);
      }
      clients.forEach(Envoyish::receive);
    }

    private static void wildcard(Envoyish client, Step step) {
      ResourceType type = (step.choice() & 1) == 0 ? ResourceType.CLUSTERS : ResourceType.LISTENERS;
      if ((step.choice() & 14) == 0) {
        client.leaveWildcard(type);
      } else {
        client.wildcard(type);
      }
    }

    /** Changes one to three resources, so that what a snapshot names is in it. */
    private void publish(ResourceType type, String name, int choice) {
      change(new ResourceKey(type, name), choice);
      if ((choice & 256) != 0) {
        change(new ResourceKey(ResourceType.ROUTES, "n" + choice % NAMES), choice >> 3);
      }
      if ((choice & 512) != 0) {
        change(new ResourceKey(ResourceType.CLUSTERS, "n" + choice % NAMES), choice >> 2);
      }
      world.publish();
    }

    private void change(ResourceKey key, int choice) {
      if (choice % 4 == 0) {
        world.drop(key);
        List.copyOf(world.resources.values()).stream()
            .filter(resource -> resource.references().contains(key))
            .filter(resource -> key.type() != ResourceType.ENDPOINTS)
            .filter(resource -> !isSlotOf(key, resource))
            .forEach(resource -> put(resource.key(), choice >> 1));
      } else {
        put(key, choice >> 2);
      }
    }

    /** A listener goes on naming a slot that is empty. */
    private static boolean isSlotOf(ResourceKey key, Resource resource) {
      return key.type() == ResourceType.EXTENSIONS
          && resource.key().type() == ResourceType.LISTENERS;
    }

    private void put(ResourceKey key, int choice) {
      var references = new ArrayList<ResourceKey>();
      switch (key.type()) {
        case SECRETS, ENDPOINTS -> {}
        case CLUSTERS -> {
          if ((choice & 3) == 1) {
            refer(references, ResourceType.SECRETS, choice >> 2);
          }
        }
        case EXTENSIONS -> refer(references, ResourceType.CLUSTERS, choice);
        case LISTENERS -> {
          refer(references, ResourceType.CLUSTERS, choice);
          refer(references, ResourceType.ROUTES, choice >> 2);
          if ((choice & 3) == 1) {
            refer(references, ResourceType.SECRETS, choice >> 4);
          }
          for (int i = 0; i < SLOTS; i++) {
            references.add(new ResourceKey(ResourceType.EXTENSIONS, "n" + i));
          }
        }
        case ROUTES -> {
          refer(references, ResourceType.CLUSTERS, choice);
          refer(references, ResourceType.CLUSTERS, choice >> 3);
          if ((choice & 3) != 0) {
            refer(references, ResourceType.EXTENSIONS, choice >> 2);
          }
          if ((choice & 6) != 0) {
            refer(references, ResourceType.EXTENSIONS, choice >> 4);
          }
        }
      }
      world.put(key, ++number, owner(key, choice), references.toArray(ResourceKey[]::new));
      Resource resource = java.util.Objects.requireNonNull(world.resources.get(key));
      published.put(resource.version(), resource);
      numbers.put(resource.version(), number);
    }

    /** What is empty is given to another document; now and then another has it at once. */
    private DocumentId owner(ResourceKey key, int choice) {
      Resource before = world.resources.get(key);
      return before != null && choice % 8 != 0
          ? before.documents().iterator().next()
          : new DocumentId("security-policy", "p" + number);
    }

    private void refer(List<ResourceKey> references, ResourceType type, int choice) {
      var candidates = world.resources.keySet().stream().filter(key -> key.type() == type).toList();
      if (!candidates.isEmpty()) {
        ResourceKey key = candidates.get(Math.floorMod(choice, candidates.size()));
        if (!references.contains(key)) {
          references.add(key);
        }
      }
    }

    /**
     * Everything is asked for, as an Envoy does (a cluster that a client brought waits for that),
     * and answered and drained until nothing moves.
     */
    void end() {
      settle(Duration.ZERO); // every request before is heard
      for (Envoyish client : clients) {
        for (ResourceType type : ResourceType.values()) {
          client.subscribe(type, "n0");
        }
        for (int i = 0; i < SLOTS; i++) {
          client.subscribe(ResourceType.EXTENSIONS, "n" + i);
        }
      }
      settle(DRAIN);
      clients.forEach(Envoyish::checkHeld);
      for (ResourceType type : ResourceType.values()) {
        assertThat(world.count("convoy.xds.order.timeouts", "type", type.label())).isEqualTo(0);
      }
      // What a client brought and holds on to, because it refuses the next: nobody knows what it
      // names, so only the limit lets clusters go.
      clients.forEach(client -> client.limitPassed = true);
      settle(LIMIT);
      clients.forEach(Envoyish::checkEnd);
    }

    private void settle(Duration pause) {
      for (int round = 0; round < 10; round++) {
        boolean idle = false;
        for (int i = 0; i < 1_000 && !idle; i++) {
          idle = true;
          for (Envoyish client : clients) {
            client.receive();
            idle &= client.idle();
            client.answer(i, i % 2 == 0 ? Envoyish.Words.NONE : Envoyish.Words.ALL);
          }
        }
        assertThat(idle).as("no end of responses").isTrue();
        world.clock.pass(pause);
      }
      clients.forEach(Envoyish::receive);
      assertThat(clients).allMatch(Envoyish::idle);
    }
  }
}
