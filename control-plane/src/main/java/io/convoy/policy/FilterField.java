package io.convoy.policy;

import com.google.re2j.Pattern;
import io.convoy.catalog.Instance;
import io.convoy.policy.FilterLexer.Token;
import io.convoy.policy.InstanceFilter.Malformed;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The fields of an instance that a filter can name, and what can be asked of each. */
final class FilterField {
  private static final String KNOWN =
      "expected one of Service.ID, Service.Service, Service.Address, Service.Port, Service.Tags,"
          + " Service.Meta, Service.Meta.KEY, Service.Meta[\"KEY\"], Node.Node";

  private FilterField() {}

  enum Operation {
    EQUAL,
    IN,
    EMPTY,
    MATCHES
  }

  /** A field that a filter names. */
  interface Bound {
    /** The question as a predicate, turned around where {@code negated}. */
    Predicate<Instance> test(Operation operation, String value, boolean negated) throws Malformed;
  }

  static Bound of(String service, Token at, List<String> parts) throws Malformed {
    if (parts.size() == 3 && parts.subList(0, 2).equals(List.of("Service", "Meta"))) {
      String key = parts.get(2);
      return text(at, instance -> instance.meta().get(key));
    }
    return switch (String.join(".", parts)) {
      case "Service.Meta" -> collection(at, instance -> instance.meta().keySet());
      case "Service.Tags" -> collection(at, Instance::tags);
      case "Service.ID" -> text(at, Instance::id);
      case "Service.Service" -> text(at, instance -> service);
      case "Service.Address" -> text(at, Instance::address);
      case "Service.Port" -> port(at);
      case "Node.Node" -> text(at, Instance::node);
      default ->
          throw new Malformed(
              KNOWN
                  + ", had "
                  + Value.quoted(String.join(".", parts))
                  + " at character "
                  + at.at());
    };
  }

  /** What an instance does not have fails every question but whether it is empty. */
  private static Bound text(Token at, Function<Instance, @Nullable String> field) {
    return (operation, value, negated) -> {
      Predicate<@Nullable String> question =
          switch (operation) {
            case EQUAL -> text -> text != null && text.equals(value);
            case IN -> text -> text != null && text.contains(value);
            case EMPTY -> text -> text == null || text.isEmpty();
            case MATCHES -> {
              Pattern pattern =
                  Regex.compile(
                      value, problem -> new Malformed(problem + ", at character " + at.at()));
              yield text -> text != null && pattern.matcher(text).find();
            }
          };
      return instance -> question.test(field.apply(instance)) != negated;
    };
  }

  private static Bound collection(Token at, Function<Instance, Collection<String>> field) {
    return (operation, value, negated) ->
        switch (operation) {
          case IN -> instance -> field.apply(instance).contains(value) != negated;
          case EMPTY -> instance -> field.apply(instance).isEmpty() != negated;
          case EQUAL, MATCHES ->
              throw new Malformed(
                  "expected in, contains or is empty for "
                      + at.text()
                      + " at character "
                      + at.at());
        };
  }

  private static Bound port(Token at) {
    return (operation, value, negated) -> {
      if (operation != Operation.EQUAL || !value.matches("[0-9]{1,9}")) {
        throw new Malformed(
            "expected == or != and a whole number for Service.Port at character " + at.at());
      }
      int port = Integer.parseInt(value);
      return instance -> (instance.port() == port) != negated;
    };
  }
}
