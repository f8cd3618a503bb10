package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.catalog.Mesh.DefaultIntention;
import io.convoy.policy.ServiceIntentions;
import io.convoy.policy.ServiceIntentions.Action;
import io.convoy.policy.ServiceIntentions.Decision;
import io.convoy.policy.ServiceIntentions.Source;
import io.convoy.policy.ServiceIntentions.Token;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What decides who may call one service, with Consul's precedence resolved: an exact destination
 * comes before {@code *}, and then an exact source before {@code *}. So a rule for a name counts
 * before the one for all services, and where neither is, the default does.
 *
 * @param named by the name of the caller
 * @param services for every other service
 * @param others for everybody else
 */
public record Callers(
    ImmutableSortedMap<String, Rule> named, Optional<Rule> services, DefaultIntention others) {

  /** {@code tokens}: one of which every call must have; empty for none. */
  public record Rule(Decision decision, ImmutableList<Token> tokens) {
    static Rule of(Action action) {
      return new Rule(new Decision.Always(action), ImmutableList.of());
    }

    /** Whether it is about what only a request has. */
    boolean needsRequests() {
      return !tokens.isEmpty() || decision instanceof Decision.ByRequest;
    }
  }

  /**
   * Of one service.
   *
   * @param own the document that names it
   * @param general that of all services
   */
  public static Callers of(
      Optional<ServiceIntentions> own,
      Optional<ServiceIntentions> general,
      DefaultIntention others) {
    var named = new TreeMap<String, Rule>();
    Optional<Rule> services = Optional.empty();
    for (ServiceIntentions document : Stream.of(own, general).flatMap(Optional::stream).toList()) {
      if (services.isPresent()) {
        // The former document has a rule for every service already.
        break;
      }
      for (Source source : document.sources()) {
        var rule = new Rule(source.decision(), document.tokens());
        if (source.name().equals(ServiceIntentions.ANY)) {
          services = Optional.of(rule);
        } else {
          named.putIfAbsent(source.name(), rule);
        }
      }
    }
    return new Callers(ImmutableSortedMap.copyOfSorted(named), services, others);
  }

  /** The names of the callers that rules are about. */
  List<String> names() {
    return List.copyOf(named.keySet());
  }
}
