package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import io.convoy.config.v1.SecurityPolicyProto;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code BasicAuth} of a {@code security-policy}. */
final class BasicAuthConverter {
  private static final int MAX_USERS = 1000;
  private static final String EXPECTED = "expected user:{SHA}hash, as htpasswd -s makes it";

  /** A user whose name Envoy takes as it stands: lines that begin with # are comments. */
  private static final Pattern LINE = Pattern.compile("([^#:\\s\\p{Cntrl}][^:\\p{Cntrl}]*):(.+)");

  /** SHA-1 has 20 bytes. */
  private static final Pattern HASH = Pattern.compile("\\{SHA\\}[A-Za-z0-9+/]{27}=");

  private BasicAuthConverter() {}

  static BasicAuth convert(SecurityPolicyProto.BasicAuth message, At at) {
    At usersAt = at.field("Users");
    int count = message.getUsersCount();
    at.require(count >= 1 && count <= MAX_USERS, count + " users", "expected 1 to " + MAX_USERS);
    var users = ImmutableList.<String>builder();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      users.add(user(message.getUsers(i), names, usersAt.index(i)));
    }
    return new BasicAuth(
        users.build(),
        message.getForwardUsernameHeader().isEmpty()
            ? Optional.empty()
            : Optional.of(
                HttpChecks.ownHeader(
                    at.field("ForwardUsernameHeader"), message.getForwardUsernameHeader())));
  }

  private static String user(String line, Set<String> names, At at) {
    Secrets.refuseFingerprint(line, at);
    Matcher parts = LINE.matcher(line);
    at.require(parts.matches() && line.length() <= 512, "another line", EXPECTED);
    at.require(
        HASH.matcher(parts.group(2)).matches(),
        "another hash",
        EXPECTED + ": Envoy takes SHA-1 only, no bcrypt and no MD5");
    at.require(names.add(parts.group(1)), "a user once more", "expected every user once");
    return line;
  }
}
