package io.convoy.policy;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.config.v1.SecurityPolicyProto;
import io.convoy.config.v1.SecurityPolicyProto.IssuedBefore;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** {@code Revocation} of a {@code security-policy}. */
final class RevocationConverter {
  private static final int MAX_VALUES = 10_000;
  private static final int MAX_LENGTH = 1024;

  private RevocationConverter() {}

  static Revocation convert(SecurityPolicyProto.Revocation message, At at) {
    var times = new TreeMap<String, Instant>();
    for (int i = 0; i < message.getIssuedBeforeCount(); i++) {
      IssuedBefore issued = message.getIssuedBefore(i);
      At here = at.field("IssuedBefore").index(i);
      String provider = here.field("Provider").name(issued.getProvider());
      Instant other = times.put(provider, time(here.field("Time"), issued.getTime()));
      here.require(other == null, Value.quoted(provider), "expected every provider once");
    }
    return new Revocation(
        values(message.getJtiList(), at.field("Jti")),
        values(message.getSubList(), at.field("Sub")),
        ImmutableSortedMap.copyOfSorted(times));
  }

  /** One that is there twice does no harm: such lists are appended to. */
  private static ImmutableSet<String> values(List<String> list, At at) {
    at.require(
        list.size() <= MAX_VALUES, list.size() + " values", "expected at most " + MAX_VALUES);
    Set<String> values = new LinkedHashSet<>();
    for (int i = 0; i < list.size(); i++) {
      String value = list.get(i);
      at.index(i)
          .require(
              !value.isEmpty() && value.length() <= MAX_LENGTH,
              Value.quoted(value),
              "expected 1 to " + MAX_LENGTH + " characters");
      values.add(value);
    }
    return ImmutableSet.copyOf(values);
  }

  private static Instant time(At at, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw at.refusal(Value.quoted(text), "expected a time such as 2026-11-20T00:00:00Z");
    }
  }
}
