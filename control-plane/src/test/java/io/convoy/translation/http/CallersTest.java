package io.convoy.translation.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Mesh.DefaultIntention;
import io.convoy.policy.DocumentId;
import io.convoy.policy.ServiceIntentions;
import io.convoy.policy.ServiceIntentions.Action;
import io.convoy.policy.ServiceIntentions.Decision;
import io.convoy.policy.ServiceIntentions.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Consul's table of precedence, "Precedence and match order" in its documentation of intentions:
 * the destination is looked at first, then the source.
 */
class CallersTest {

  /** The documents as {@code source action}, with blanks between them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // own document        | of all services     | default | web   | other
        "-                     | -                   | ALLOW   | ALLOW | ALLOW",
        "-                     | -                   | DENY    | DENY  | DENY ",
        "web allow             | -                   | DENY    | ALLOW | DENY ",
        "web deny              | -                   | ALLOW   | DENY  | ALLOW",
        "* allow               | -                   | DENY    | ALLOW | ALLOW",
        "* allow web deny      | -                   | DENY    | DENY  | ALLOW",
        "* deny web allow      | -                   | ALLOW   | ALLOW | DENY ",
        "-                     | web allow           | DENY    | ALLOW | DENY ",
        "-                     | web deny * allow    | DENY    | DENY  | ALLOW",
        "web allow             | web deny            | DENY    | ALLOW | DENY ",
        "web deny              | web allow           | ALLOW   | DENY  | ALLOW",
        "web deny              | * allow             | DENY    | DENY  | ALLOW",
        "web allow             | * deny              | ALLOW   | ALLOW | DENY ",
        "x allow               | web allow * deny    | ALLOW   | ALLOW | DENY ",
        // Any source to this service comes before one source to all services.
        "* deny                | web allow           | ALLOW   | DENY  | DENY ",
        "* allow               | web deny            | DENY    | ALLOW | ALLOW",
        "* deny                | * allow             | ALLOW   | DENY  | DENY ",
      })
  void precedence(String own, String general, DefaultIntention others, Action web, Action other) {
    Callers callers = Callers.of(document("api", own), document("*", general), others);
    assertThat(decide(callers, "web")).isEqualTo(web);
    assertThat(decide(callers, "other")).isEqualTo(other);
  }

  private static Action decide(Callers callers, String caller) {
    Optional<Callers.Rule> rule =
        Optional.ofNullable(callers.named().get(caller)).or(callers::services);
    return rule.map(found -> ((Decision.Always) found.decision()).action())
        .orElse(callers.others() == DefaultIntention.ALLOW ? Action.ALLOW : Action.DENY);
  }

  private static Optional<ServiceIntentions> document(String name, @Nullable String sources) {
    if (sources == null) {
      return Optional.empty();
    }
    List<String> words = List.of(sources.strip().split(" ", -1));
    List<Source> found = new ArrayList<>();
    for (int i = 0; i < words.size(); i += 2) {
      Action action = words.get(i + 1).equals("allow") ? Action.ALLOW : Action.DENY;
      found.add(new Source(words.get(i), new Decision.Always(action)));
    }
    return Optional.of(
        new ServiceIntentions(
            new DocumentId(ServiceIntentions.KIND, name),
            ImmutableList.copyOf(found),
            ImmutableList.of()));
  }
}
