package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.HeaderModifier;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import java.util.List;
import java.util.Set;

/**
 * Header modifiers in Envoy's terms. Their values are valid formats already: a percent sign that
 * begins no substitution is doubled in the document.
 */
final class HeaderMutations {
  private HeaderMutations() {}

  /** What the modifiers add and set, in their order. */
  static List<HeaderValueOption> options(Iterable<HeaderModifier> modifiers) {
    var options = ImmutableList.<HeaderValueOption>builder();
    for (HeaderModifier modifier : modifiers) {
      modifier
          .add()
          .forEach((name, value) ->
              options.add(option(name, value, HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD)));
      modifier
          .set()
          .forEach((name, value) ->
              options.add(option(name, value, HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)));
    }
    return options.build();
  }

  /** The names that the modifiers remove. */
  static Set<String> removed(Iterable<HeaderModifier> modifiers) {
    var names = ImmutableSet.<String>builder();
    modifiers.forEach(modifier -> names.addAll(modifier.remove()));
    return names.build();
  }

  private static HeaderValueOption option(String name, String value, HeaderAppendAction action) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .setAppendAction(action)
        .build();
  }
}
