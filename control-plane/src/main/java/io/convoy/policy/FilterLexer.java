package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import io.convoy.policy.InstanceFilter.Malformed;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes a filter expression apart into its words. */
final class FilterLexer {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<word>[A-Za-z][A-Za-z0-9_]*)"
              + "|(?<number>-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?=[\\s)]|$))"
              + "|(?<string>\"[^\"]*\"|`[^`]*`)"
              + "|(?<symbol>==|!=|[().\\[\\]])");

  private FilterLexer() {}

  /** {@code at}: the position of its first character, from 1. */
  record Token(TokenType type, String text, int at) {
    boolean is(String wanted) {
      return (type == TokenType.WORD || type == TokenType.SYMBOL) && text.equals(wanted);
    }

    String shown() {
      return (type == TokenType.END ? "the end" : Value.quoted(text)) + " at character " + at;
    }
  }

  enum TokenType {
    WORD,
    NUMBER,
    STRING,
    SYMBOL,
    END
  }

  static ImmutableList<Token> tokens(String expression) throws Malformed {
    var tokens = ImmutableList.<Token>builder();
    Matcher matcher = TOKEN.matcher(expression);
    int at = 0;
    while (at < expression.length()) {
      if (Character.isWhitespace(expression.charAt(at))) {
        at++;
        continue;
      }
      matcher.region(at, expression.length());
      matcher.useTransparentBounds(true);
      if (!matcher.lookingAt()) {
        char c = expression.charAt(at);
        throw new Malformed(
            c == '"' || c == '`'
                ? "expected the string at character " + (at + 1) + " to end"
                : "expected no "
                    + Value.quoted(String.valueOf(c))
                    + " at character "
                    + (at + 1)
                    + "; a value such as v1-2 stands in quotes");
      }
      tokens.add(token(matcher, at + 1));
      at = matcher.end();
    }
    return tokens.add(new Token(TokenType.END, "", expression.length() + 1)).build();
  }

  private static Token token(Matcher matcher, int at) throws Malformed {
    String text = matcher.group();
    if (matcher.group("word") != null) {
      return new Token(TokenType.WORD, text, at);
    }
    if (matcher.group("number") != null) {
      return new Token(TokenType.NUMBER, text, at);
    }
    if (matcher.group("symbol") != null) {
      return new Token(TokenType.SYMBOL, text, at);
    }
    String inner = text.substring(1, text.length() - 1);
    return new Token(TokenType.STRING, text.startsWith("`") ? inner : unescape(inner, at), at);
  }

  private static String unescape(String text, int at) throws Malformed {
    var plain = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i++);
      if (c != '\\') {
        plain.append(c);
        continue;
      }
      int known = i < text.length() ? "\\tnr".indexOf(text.charAt(i++)) : -1;
      if (known < 0) {
        throw new Malformed(
            "expected \\\\, \\t, \\n or \\r after the backslash in the string at character " + at);
      }
      plain.append("\\\t\n\r".charAt(known));
    }
    return plain.toString();
  }
}
