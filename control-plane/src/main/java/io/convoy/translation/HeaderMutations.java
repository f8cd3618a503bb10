package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.HeaderModifier;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Header modifiers in Envoy's terms. */
final class HeaderMutations {
  /**
   * What Envoy substitutes in a header's value ("custom request/response headers" in its
   * documentation), without those that read files, the environment or the process.
   */
  private static final Pattern SUBSTITUTION =
      Pattern.compile(
          "%(?:(?:REQ|RESP|TRAILER|DYNAMIC_METADATA|FILTER_STATE|START_TIME)\\([^)%]*\\)(?::\\d+)?"
              + "|DOWNSTREAM_(?:REMOTE|LOCAL|DIRECT_REMOTE)_ADDRESS(?:_WITHOUT_PORT)?"
              + "|DOWNSTREAM_(?:REMOTE|LOCAL|DIRECT_REMOTE)_PORT|UPSTREAM_REMOTE_ADDRESS"
              + "|PROTOCOL|ROUTE_NAME|START_TIME|RESPONSE_CODE(?:_DETAILS)?|RESPONSE_FLAGS)%");

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
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(escape(value)))
        .setAppendAction(action)
        .build();
  }

  /**
   * Doubles each percent sign that is not a part of a substitution: Envoy rejects the whole
   * resource for a format that it cannot read.
   */
  static String escape(String value) {
    if (value.indexOf('%') < 0) {
      return value;
    }
    var result = new StringBuilder();
    Matcher substitution = SUBSTITUTION.matcher(value);
    int end = 0;
    while (substitution.find()) {
      result.append(value.substring(end, substitution.start()).replace("%", "%%"));
      result.append(substitution.group());
      end = substitution.end();
    }
    return result.append(value.substring(end).replace("%", "%%")).toString();
  }
}
