package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Instance;
import io.convoy.policy.FilterField.Operation;
import io.convoy.policy.FilterLexer.Token;
import io.convoy.policy.FilterLexer.TokenType;
import io.convoy.policy.InstanceFilter.Malformed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Consul's filter language: {@code or} binds looser than {@code and}, that looser than {@code not};
 * a match is {@code SELECTOR OPERATOR VALUE}, {@code VALUE in SELECTOR} or {@code SELECTOR is
 * empty}. A value is a string, a number or a bare word.
 */
final class FilterParser {
  private static final int MAX_LENGTH = 4096;
  private static final int MAX_DEPTH = 50;

  private final String service;
  private final ImmutableList<Token> tokens;
  private int next;
  private int depth;

  private FilterParser(String service, ImmutableList<Token> tokens) {
    this.service = service;
    this.tokens = tokens;
  }

  static Predicate<Instance> parse(String service, String expression) throws Malformed {
    if (expression.length() > MAX_LENGTH) {
      throw new Malformed("expected an expression of at most " + MAX_LENGTH + " characters");
    }
    var parser = new FilterParser(service, FilterLexer.tokens(expression));
    Predicate<Instance> predicate = parser.or();
    parser.expect(
        parser.peek().type() == TokenType.END,
        "and, or, or the end (a value of more than a word stands in quotes)");
    return predicate;
  }

  private Predicate<Instance> or() throws Malformed {
    Predicate<Instance> left = and();
    while (take("or")) {
      left = left.or(and());
    }
    return left;
  }

  private Predicate<Instance> and() throws Malformed {
    Predicate<Instance> left = not();
    while (take("and")) {
      left = left.and(not());
    }
    return left;
  }

  private Predicate<Instance> not() throws Malformed {
    expect(++depth <= MAX_DEPTH, "at most " + MAX_DEPTH + " levels");
    Predicate<Instance> predicate;
    if (take("not")) {
      predicate = not().negate();
    } else if (take("(")) {
      predicate = or();
      expect(take(")"), "a closing parenthesis");
    } else {
      predicate = match();
    }
    depth--;
    return predicate;
  }

  private Predicate<Instance> match() throws Malformed {
    Token first = peek();
    List<String> operand = operand();
    boolean in = take("in");
    if (in || takeBoth("not", "in")) {
      String value = String.join(".", operand);
      Token at = peek();
      expect(at.type() == TokenType.WORD, "a field such as Service.Tags");
      return field(at, operand()).test(Operation.IN, value, !in);
    }
    if (first.type() != TokenType.WORD) {
      throw new Malformed("expected in or not in after the value, had " + peek().shown());
    }
    return comparison(field(first, operand));
  }

  private Predicate<Instance> comparison(FilterField.Bound field) throws Malformed {
    if (take("==")) {
      return field.test(Operation.EQUAL, value(), false);
    }
    if (take("!=")) {
      return field.test(Operation.EQUAL, value(), true);
    }
    if (take("is")) {
      boolean negated = take("not");
      expect(take("empty"), "empty or not empty");
      return field.test(Operation.EMPTY, "", negated);
    }
    boolean negated = take("not");
    if (take("contains")) {
      return field.test(Operation.IN, value(), negated);
    }
    if (take("matches")) {
      return field.test(Operation.MATCHES, value(), negated);
    }
    throw expected("one of ==, !=, in, not in, contains, not contains, is empty, matches");
  }

  private String value() throws Malformed {
    return String.join(".", operand());
  }

  /** A selector's parts, or a value alone. */
  private List<String> operand() throws Malformed {
    Token token = peek();
    expect(
        token.type() == TokenType.WORD
            || token.type() == TokenType.STRING
            || token.type() == TokenType.NUMBER,
        "a field or a value");
    next++;
    List<String> parts = new ArrayList<>(List.of(token.text()));
    while (token.type() == TokenType.WORD) {
      if (take(".")) {
        expect(peek().type() == TokenType.WORD, "a name after the dot");
        parts.add(tokens.get(next++).text());
      } else if (take("[")) {
        expect(peek().type() == TokenType.STRING, "a key in quotes");
        parts.add(tokens.get(next++).text());
        expect(take("]"), "a closing bracket");
      } else {
        break;
      }
    }
    return parts;
  }

  private FilterField.Bound field(Token at, List<String> parts) throws Malformed {
    return FilterField.of(service, at, parts);
  }

  private Token peek() {
    return tokens.get(next);
  }

  private boolean take(String word) {
    boolean there = peek().is(word);
    next += there ? 1 : 0;
    return there;
  }

  private boolean takeBoth(String first, String second) {
    boolean there = peek().is(first) && tokens.get(next + 1).is(second);
    next += there ? 2 : 0;
    return there;
  }

  private void expect(boolean holds, String what) throws Malformed {
    if (!holds) {
      throw expected(what);
    }
  }

  private Malformed expected(String what) {
    return new Malformed("expected " + what + ", had " + peek().shown());
  }
}
