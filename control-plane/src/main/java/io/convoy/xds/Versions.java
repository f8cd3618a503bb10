package io.convoy.xds;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.convoy.translation.Resource;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Names a response by what it holds. */
@FunctionalInterface
interface Versions {

  /** A hash over names and versions: the same on every replica. Both collections are sorted. */
  Versions CONTENT_HASH =
      (resources, removed) -> {
        Hasher hasher = Hashing.sha256().newHasher();
        for (Resource resource : resources) {
          hasher.putString(resource.key().name(), StandardCharsets.UTF_8).putByte((byte) 0);
          hasher.putString(resource.version(), StandardCharsets.UTF_8).putByte((byte) 0);
        }
        for (String name : removed) {
          hasher.putString(name, StandardCharsets.UTF_8).putByte((byte) 1);
        }
        return hasher.hash().toString().substring(0, 32);
      };

  String of(Collection<Resource> resources, Collection<String> removed);
}
