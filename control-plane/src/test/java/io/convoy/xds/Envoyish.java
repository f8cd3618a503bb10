package io.convoy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.convoy.xds.Client.Reply;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A client that takes over what it gets as Envoy does, refuses some of it, and checks what may
 * never happen. It says nothing by itself.
 */
final class Envoyish {

  /** The words of a refusal. */
  enum Words {
    NONE,
    ALL,
    ONE
  }

  private final World world;
  final Protocol protocol;
  private final String id;
  private final Map<String, Resource> published;
  private final Map<String, Integer> numbers;
  private final Predicate<String> bad;

  /** From here on, order may have given up waiting. */
  boolean limitPassed;

  private final Map<ResourceType, State> states = new EnumMap<>(ResourceType.class);
  private Client client;

  /** One type on the present stream, and what lasts beyond it. */
  private static final class State {
    final Set<String> names = new TreeSet<>();

    /** Those that the server knows of: it does not read a request with a nonce of before. */
    final Set<String> heard = new HashSet<>();

    final Set<String> leftUnheard = new HashSet<>();

    boolean wildcard;
    boolean asked;
    boolean everNamed;

    /** Whether it took a response over on this stream. */
    boolean accepted;

    String nonce = "";
    final List<Reply> pending = new ArrayList<>();

    /** What the client uses, and what of that it told the server that it took. */
    final Map<String, String> applied = new TreeMap<>();

    final Map<String, String> recorded = new TreeMap<>();

    /**
     * What it told the server on this stream: all that the server knows in the state of the world.
     */
    final Set<String> known = new HashSet<>();

    final Map<String, Integer> newest = new HashMap<>();
    final Set<String> refusedNames = new HashSet<>();
    final Set<String> neverAgain = new HashSet<>();
    final Set<Map<String, String>> refusedContents = new HashSet<>();

    boolean wants(String name) {
      return wildcard || names.contains(name);
    }
  }

  Envoyish(
      World world,
      Protocol protocol,
      String id,
      Map<String, Resource> published,
      Map<String, Integer> numbers,
      Predicate<String> bad) {
    this.world = world;
    this.protocol = protocol;
    this.id = id;
    this.published = published;
    this.numbers = numbers;
    this.bad = bad;
    for (ResourceType type : ResourceType.values()) {
      states.put(type, new State());
    }
    client = new Client(world.channel, protocol, id);
  }

  // What it does.

  boolean asked(ResourceType type) {
    return state(type).asked;
  }

  void wildcard(ResourceType type) {
    State state = state(type);
    if (!state.asked) {
      state.asked = true;
      state.wildcard = true;
      send(type, Set.of(), Set.of(), Map.of());
    } else if (!state.wildcard) {
      state.wildcard = true;
      state.everNamed = true;
      state.refusedContents.clear(); // asked for again
      send(type, Set.of("*"), Set.of(), Map.of());
    }
  }

  void leaveWildcard(ResourceType type) {
    State state = state(type);
    if (state.asked && state.wildcard) {
      state.wildcard = false;
      state.everNamed = true;
      state.applied.keySet().retainAll(state.names);
      state.recorded.keySet().retainAll(state.names);
      state.known.retainAll(state.names);
      if (protocol == Protocol.SOTW && state.names.isEmpty()) {
        // "No names" would still mean everything: a name that means nothing ends that.
        sotw(type, Set.of("nothing"));
      }
      send(type, Set.of(), Set.of("*"), Map.of());
    }
  }

  void subscribe(ResourceType type, String name) {
    State state = state(type);
    if (state.leftUnheard.contains(name)) {
      return; // in the state of the world the server would never know that it was dropped
    }
    boolean known = !state.names.add(name);
    state.asked = true;
    state.everNamed = true;
    state.refusedContents.removeIf(content -> content.containsKey(name)); // asked for again
    if (protocol == Protocol.DELTA || !known) {
      send(type, Set.of(name), Set.of(), Map.of());
    }
  }

  void unsubscribe(ResourceType type, String name) {
    State state = state(type);
    if (state.asked && state.names.remove(name)) {
      state.leftUnheard.add(name);
      state.heard.remove(name);
      if (!state.wildcard) {
        state.applied.remove(name);
        state.recorded.remove(name);
        state.known.remove(name);
      }
      send(type, Set.of(), Set.of(name), Map.of());
    }
  }

  /** A request with a nonce that is not the last response's. */
  void stale(ResourceType type) {
    if (!state(type).asked) {
      return;
    }
    if (protocol == Protocol.DELTA) {
      client.send(
          client
              .deltaRequest(type)
              .setResponseNonce("bogus")
              .setErrorDetail(com.google.rpc.Status.newBuilder().setMessage("stale")));
    } else {
      client.send(client.sotwRequest(type, "bogus").addResourceNames("stale"));
    }
    receive();
  }

  /** Starts over on a new stream, with what it holds. */
  void reconnect(boolean cancel) {
    if (cancel) {
      client.cancel();
    } else {
      client.end();
    }
    client = new Client(world.channel, protocol, id);
    for (ResourceType type : ResourceType.values()) {
      State state = state(type);
      state.pending.clear();
      state.nonce = "";
      state.accepted = false;
      state.newest.clear();
      state.heard.clear();
      state.leftUnheard.clear();
      state.known.clear();
      if (protocol == Protocol.DELTA) {
        state.known.addAll(state.recorded.keySet());
      }
      state.refusedNames.clear();
      state.neverAgain.clear();
      state.refusedContents.clear();
      // Envoy forgets to tell what it applied of a refused response; here it forgets that it did.
      state.applied.clear();
      state.applied.putAll(state.recorded);
      boolean wasAsked = state.asked;
      state.asked = wasAsked && (state.wildcard || !state.names.isEmpty());
      if (!state.asked) {
        state.everNamed = false;
        continue;
      }
      var requested = new TreeSet<>(state.names);
      state.everNamed = !requested.isEmpty();
      if (state.wildcard && !requested.isEmpty()) {
        requested.add("*");
      }
      send(type, requested, Set.of(), protocol == Protocol.DELTA ? state.recorded : Map.of());
    }
  }

  boolean idle() {
    return states.values().stream().allMatch(state -> state.pending.isEmpty());
  }

  /**
   * Answers a response that it has; {@code choice} picks one, and what it applies if it refuses.
   */
  void answer(int choice, Words words) {
    List<ResourceType> types =
        states.entrySet().stream()
            .filter(entry -> !entry.getValue().pending.isEmpty())
            .map(Map.Entry::getKey)
            .toList();
    if (types.isEmpty()) {
      return;
    }
    ResourceType type = types.get(Math.floorMod(choice, types.size()));
    State state = state(type);
    Reply reply = state.pending.removeFirst();
    state.nonce = reply.nonce();
    List<String> culprits =
        reply.resources().entrySet().stream()
            .filter(entry -> bad.test(entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (culprits.isEmpty()) {
      accept(type, state, reply);
    } else {
      refuse(type, state, reply, culprits, choice, words);
    }
    receive();
  }

  private void accept(ResourceType type, State state, Reply reply) {
    apply(state, type, reply, name -> true);
    record(state, type, reply);
    state.accepted = true;
    state.known.clear();
    state.known.addAll(state.applied.keySet());
    if (protocol == Protocol.DELTA) {
      client.send(client.deltaRequest(type).setResponseNonce(reply.nonce()));
    } else {
      sotw(type, sotwNames(state));
    }
  }

  private void refuse(
      ResourceType type, State state, Reply reply, List<String> culprits, int choice, Words words) {
    if ((choice & 64) == 0) {
      apply(state, type, reply, name -> !culprits.contains(name));
    }
    String message =
        switch (words) {
          case NONE -> "refused";
          case ONE -> "Error adding/updating: " + culprits.getFirst() + ": bad";
          case ALL -> "Error adding/updating: " + String.join(": bad, ", culprits) + ": bad";
        };
    List<String> named =
        switch (words) {
          case NONE -> List.of();
          case ONE -> culprits.subList(0, 1);
          case ALL -> culprits;
        };
    named.forEach(name -> state.neverAgain.add(name + reply.resources().get(name)));
    state.refusedNames.addAll(reply.resources().keySet());
    state.refusedContents.add(Map.copyOf(reply.resources()));
    var status = com.google.rpc.Status.newBuilder().setCode(13).setMessage(message);
    if (protocol == Protocol.DELTA) {
      client.send(client.deltaRequest(type).setResponseNonce(reply.nonce()).setErrorDetail(status));
    } else {
      heard(state);
      client.send(
          client
              .sotwRequest(type, reply.nonce())
              .addAllResourceNames(sotwNames(state))
              .setErrorDetail(status));
    }
  }

  private void apply(State state, ResourceType type, Reply reply, Predicate<String> takes) {
    reply
        .resources()
        .forEach((name, version) -> {
          if (takes.test(name) && state.wants(name)) {
            state.applied.put(name, version);
          }
        });
    removed(state, type, reply).forEach(state.applied::remove);
  }

  /** The answer speaks of this response: what was applied of a refused one stays untold. */
  private void record(State state, ResourceType type, Reply reply) {
    if (protocol == Protocol.SOTW && type.wildcard()) {
      state.recorded.clear();
    }
    state.recorded.keySet().removeAll(reply.removed());
    reply
        .resources()
        .forEach((name, version) -> {
          if (state.wants(name)) {
            state.recorded.put(name, version);
          }
        });
  }

  private Set<String> removed(State state, ResourceType type, Reply reply) {
    Set<String> removed = new HashSet<>(reply.removed());
    if (protocol == Protocol.SOTW && type.wildcard()) {
      removed.addAll(state.applied.keySet());
      removed.removeAll(reply.resources().keySet());
    }
    return removed;
  }

  /** A newcomer of a refused response may go again while the culprit is looked for. */
  private void checkRemovals(State state, Reply reply) {
    boolean kept =
        switch (reply.type()) {
          case CLUSTERS, SECRETS, EXTENSIONS -> true;
          case ENDPOINTS, LISTENERS, ROUTES -> false;
        };
    if (limitPassed || !kept) {
      return;
    }
    for (String name : removed(state, reply.type(), reply)) {
      if (state.known.contains(name) && state.applied.containsKey(name)) {
        var key = new ResourceKey(reply.type(), name);
        assertThat(namedByOthers(key)).as("%s loses %s, which it uses", id, key).isFalse();
      }
    }
  }

  /** Whether the client uses something that names the resource. */
  private boolean namedByOthers(ResourceKey key) {
    for (ResourceType type : ResourceType.values()) {
      for (Map.Entry<String, String> entry : state(type).applied.entrySet()) {
        var namer = new ResourceKey(type, entry.getKey());
        if (resource(entry.getValue()).references().contains(key)
            && !isSlot(namer, entry.getValue(), key)
            && uses(namer)) {
          return true;
        }
      }
    }
    return false;
  }

  /** What a listener prepares as it is published is used where a route says so. */
  private boolean isSlot(ResourceKey listener, String version, ResourceKey extension) {
    Resource published = world.resources.get(listener);
    return listener.type() == ResourceType.LISTENERS
        && extension.type() == ResourceType.EXTENSIONS
        && published != null
        && published.version().equals(version);
  }

  /**
   * A route configuration that begins to use an extension finds what it relies on, not what the
   * name stood for before.
   */
  private void checkSlots(Reply reply) {
    if (limitPassed || reply.type() != ResourceType.ROUTES) {
      return;
    }
    reply
        .resources()
        .forEach((name, version) -> {
          String before = state(ResourceType.ROUTES).applied.get(name);
          for (ResourceKey key : resource(version).references()) {
            boolean begins = before == null || !resource(before).references().contains(key);
            Resource present = world.resources.get(key);
            State extensions = state(ResourceType.EXTENSIONS);
            if (key.type() == ResourceType.EXTENSIONS
                && begins
                && present != null
                && extensions.heard.contains(key.name())
                && !bad.test(present.version())) {
              String has = extensions.applied.get(key.name());
              assertThat(has).as("%s: %s uses %s", id, name, key).isNotNull();
              assertThat(resource(java.util.Objects.requireNonNull(has)).documents())
                  .as("%s: %s uses %s", id, name, key)
                  .isEqualTo(present.documents());
            }
          }
        });
  }

  /** Whether it refuses a slot's content that the route begins to use: the limit is waited for. */
  private boolean waitsForRefused(Resource route) {
    return !limitPassed
        && route.references().stream()
            .filter(key -> key.type() == ResourceType.EXTENSIONS)
            .map(world.resources::get)
            .anyMatch(extension -> extension != null && bad.test(extension.version()));
  }

  /**
   * In the state of the world nobody can tell the client that the snapshot dropped a route: it
   * stays in use only while a listener names it.
   */
  private boolean uses(ResourceKey key) {
    boolean gone =
        protocol == Protocol.SOTW && !key.type().wildcard() && !world.resources.containsKey(key);
    return !gone || namedByOthers(key);
  }

  // What it gets.

  /** Takes what arrived, and checks what must hold for every response. */
  void receive() {
    while (!client.quiet()) {
      Reply reply = client.take();
      State state = state(reply.type());
      assertThat(state.pending).as("%s: responses in flight of %s", id, reply.type()).isEmpty();
      if (protocol == Protocol.DELTA) {
        assertThat(state.refusedContents)
            .as("%s: refused before", id)
            .doesNotContain(Map.copyOf(reply.resources()));
      }
      reply
          .resources()
          .forEach((name, version) -> {
            assertThat(state.neverAgain)
                .as("%s: %s was refused by name", id, name)
                .doesNotContain(name + version);
            int number = numbers.getOrDefault(version, -1);
            int before = state.newest.getOrDefault(name, -1);
            assertThat(number >= before || state.refusedNames.contains(name))
                .as("%s: %s goes back from %s to %s", id, name, before, number)
                .isTrue();
            state.newest.put(name, number);
          });
      checkRemovals(state, reply);
      checkSlots(reply);
      state.pending.add(reply);
    }
    assertThat(client.error()).isNull();
  }

  /** Everything has been answered: the client holds what it should. */
  void checkHeld() {
    for (ResourceType type : ResourceType.values()) {
      State state = state(type);
      if (!state.asked) {
        continue;
      }
      world.resources.forEach((key, resource) -> {
        if (key.type() == type && state.wants(key.name())) {
          String has = state.applied.get(key.name());
          if (bad.test(resource.version())) {
            assertThat(has).isNotEqualTo(resource.version());
          } else if (!waitsForRefused(resource)) {
            assertThat(has).as("%s: %s", id, key).isEqualTo(resource.version());
          }
        }
      });
    }
  }

  /**
   * Everything has been answered: the client holds what it should, and nothing else. One that came
   * back and refuses all there is keeps what it brought: an empty response would take that away.
   */
  void checkEnd() {
    checkHeld();
    for (ResourceType type : ResourceType.values()) {
      for (String name : state(type).applied.keySet()) {
        var key = new ResourceKey(type, name);
        boolean mayStay =
            world.resources.containsKey(key)
                || type == ResourceType.SECRETS // an Envoy keeps the one that it has
                || namedByOthers(key)
                || mayBeNamed(key)
                || (protocol == Protocol.SOTW && (!type.wildcard() || !state(type).accepted));
        assertThat(mayStay).as("%s should have lost %s", id, key).isTrue();
      }
    }
  }

  /**
   * Whether something may name it that the client took before it refused another version in part,
   * and that nobody can take from it or ask it about.
   */
  private boolean mayBeNamed(ResourceKey key) {
    for (ResourceType type : ResourceType.values()) {
      for (Map.Entry<String, String> told : state(type).recorded.entrySet()) {
        var namer = new ResourceKey(type, told.getKey());
        if (!world.resources.containsKey(namer)
            && stays(namer)
            && resource(told.getValue()).references().contains(key)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether nobody takes from the client what the snapshot dropped. */
  private boolean stays(ResourceKey key) {
    return (protocol == Protocol.SOTW && !key.type().wildcard()) || namedByOthers(key);
  }

  Collection<String> held(ResourceType type) {
    return List.copyOf(state(type).applied.keySet());
  }

  // On the wire.

  private void send(
      ResourceType type, Set<String> added, Set<String> removed, Map<String, String> initial) {
    if (protocol == Protocol.DELTA) {
      heard(state(type));
      client.send(
          client
              .deltaRequest(type)
              .addAllResourceNamesSubscribe(added)
              .addAllResourceNamesUnsubscribe(removed)
              .putAllInitialResourceVersions(initial));
    } else {
      sotw(type, sotwNames(state(type)));
    }
    receive();
  }

  private void heard(State state) {
    if (protocol == Protocol.DELTA || state.pending.isEmpty()) {
      state.leftUnheard.clear();
      state.heard.clear();
      state.heard.addAll(state.names);
    }
  }

  private Set<String> sotwNames(State state) {
    var all = new TreeSet<>(state.names);
    if (state.wildcard && state.everNamed) {
      all.add("*");
    }
    return all;
  }

  private void sotw(ResourceType type, Set<String> names) {
    State state = state(type);
    heard(state);
    client.send(
        client
            .sotwRequest(type, state.nonce)
            .setVersionInfo(state.recorded.isEmpty() ? "" : "some")
            .addAllResourceNames(names));
  }

  private State state(ResourceType type) {
    return java.util.Objects.requireNonNull(states.get(type));
  }

  private Resource resource(String version) {
    return java.util.Objects.requireNonNull(published.get(version));
  }
}
