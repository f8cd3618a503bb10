package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * Users and their passwords.
 *
 * @param users htpasswd lines with SHA-1 hashes, each user once; never empty; secrets, so that they
 *     are not shown
 * @param forwardUsernameHeader in lower case
 */
public record BasicAuth(ImmutableList<String> users, Optional<String> forwardUsernameHeader) {
  @Override
  public String toString() {
    return "BasicAuth[" + users.size() + " users]";
  }
}
