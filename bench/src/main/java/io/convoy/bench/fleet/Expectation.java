package io.convoy.bench.fleet;

import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What every client is to hold: each resource's name and a fingerprint of its content, under a
 * number. The set of names is fixed; contents may change. One thread changes, any may read.
 */
public final class Expectation {
  private final List<ResourceKey> keys = new ArrayList<>();
  private final Map<ResourceKey, Integer> numbers = new HashMap<>();
  private final Map<ResourceType, Names> names = new EnumMap<>(ResourceType.class);
  private final List<int[]> named = new ArrayList<>();
  private final AtomicLongArray fingerprints;

  /** By which version the server names the newest content that a client has read. */
  private final AtomicReferenceArray<@Nullable Version> versions;

  private record Version(long fingerprint, String name) {}

  public Expectation(Collection<Resource> resources) {
    for (Resource resource : resources) {
      numbers.put(resource.key(), keys.size());
      keys.add(resource.key());
    }
    for (ResourceType type : ResourceType.values()) {
      Map<String, Integer> ofType = new HashMap<>();
      numbers.forEach((key, number) -> {
        if (key.type() == type) {
          ofType.put(key.name(), number);
        }
      });
      names.put(type, new Names(ofType));
    }
    fingerprints = new AtomicLongArray(keys.size());
    versions = new AtomicReferenceArray<>(keys.size());
    for (Resource resource : resources) {
      named.add(named(resource));
      update(resource);
    }
  }

  private int[] named(Resource resource) {
    return resource.references().stream()
        .filter(key -> !key.type().wildcard() && numbers.containsKey(key))
        .mapToInt(this::number)
        .toArray();
  }

  /** How many resources there are; their numbers are 0 to that. */
  public int size() {
    return keys.size();
  }

  /** Expects another content from now on. */
  public int update(Resource resource) {
    int number = number(resource.key());
    fingerprints.set(number, fingerprint(resource));
    return number;
  }

  private int number(ResourceKey key) {
    Integer number = numbers.get(key);
    if (number == null) {
      throw new IllegalArgumentException(key + " is a new name");
    }
    return number;
  }

  ResourceKey key(int number) {
    return keys.get(number);
  }

  long fingerprint(int number) {
    return fingerprints.get(number);
  }

  /** Whether the server's name of this content is not known yet. */
  boolean lacksVersion(int number, long fingerprint) {
    Version known = versions.get(number);
    return known == null || known.fingerprint() != fingerprint;
  }

  void version(int number, long fingerprint, String name) {
    versions.set(number, new Version(fingerprint, name));
  }

  /** The server's name of this content; null where another has been read since. */
  @Nullable String version(int number, long fingerprint) {
    Version known = versions.get(number);
    return known == null || known.fingerprint() != fingerprint ? null : known.name();
  }

  /** The resources that an Envoy asks for by name when it gets this one. */
  int[] named(int number) {
    return named.get(number);
  }

  int find(ResourceType type, byte[] buffer, int start, int end) {
    Names ofType = names.get(type);
    return ofType == null ? -1 : ofType.find(buffer, start, end);
  }

  static long fingerprint(Resource resource) {
    byte[] bytes = resource.body().getValue().toByteArray();
    return fingerprint(new CRC32C(), bytes, 0, bytes.length);
  }

  /** Never 0, which stands for nothing. */
  static long fingerprint(CRC32C crc, byte[] buffer, int start, int length) {
    crc.reset();
    crc.update(buffer, start, length);
    return crc.getValue() << 31 | length + 1L;
  }
}
