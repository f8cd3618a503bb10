package io.convoy.policy;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import com.google.re2j.Pattern;
import io.convoy.config.v1.CommonProto.HeaderModifiers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What Envoy takes for a path, a header, a method and so on; shared by all kinds. */
final class HttpChecks {
  private static final int MAX_NAME = 256;
  private static final int MAX_VALUE = 8192;

  /** RFC 9110's token. */
  private static final CharMatcher TOKEN =
      CharMatcher.inRange('a', 'z')
          .or(CharMatcher.inRange('A', 'Z'))
          .or(CharMatcher.inRange('0', '9'))
          .or(CharMatcher.anyOf("!#$%&'*+-.^_`|~"));

  private static final CharMatcher NOT_IN_VALUE =
      CharMatcher.inRange('\0', '\u001F').and(CharMatcher.isNot('\t')).or(CharMatcher.is('\u007F'));
  private static final CharMatcher NOT_IN_PATH =
      CharMatcher.javaIsoControl().or(CharMatcher.whitespace());

  private static final ImmutableSet<String> METHODS =
      ImmutableSet.of(
          "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");

  /** Headers that frame a message or lead it: whoever could write these could send another. */
  private static final ImmutableSet<String> RESERVED =
      ImmutableSet.of(
          "connection",
          "content-length",
          "expect",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-request-id");

  /** Consul's conditions, and Envoy's newer ones. */
  private static final ImmutableMap<String, String> RETRY_CONDITIONS =
      List.of(
              "5xx",
              "gateway-error",
              "reset",
              "reset-before-request",
              "connect-failure",
              "envoy-ratelimited",
              "retriable-4xx",
              "refused-stream",
              "http3-post-connect-failure",
              "cancelled",
              "deadline-exceeded",
              "internal",
              "resource-exhausted",
              "unavailable")
          .stream()
          .collect(ImmutableMap.toImmutableMap(name -> name, name -> name));

  /** Envoy's substitutions that are open to documents: none that reads the proxy's environment. */
  private static final Pattern SUBSTITUTION =
      Pattern.compile(
          "(?:DOWNSTREAM_(?:DIRECT_)?(?:REMOTE|LOCAL)_(?:ADDRESS|ADDRESS_WITHOUT_PORT|PORT)"
              + "|UPSTREAM_(?:REMOTE|LOCAL)_(?:ADDRESS|ADDRESS_WITHOUT_PORT|PORT)|UPSTREAM_HOST"
              + "|UPSTREAM_CLUSTER|PROTOCOL|REQUESTED_SERVER_NAME|HOSTNAME|ROUTE_NAME|STREAM_ID"
              + "|CONNECTION_ID|RESPONSE_CODE|RESPONSE_CODE_DETAILS|RESPONSE_FLAGS|START_TIME"
              + "|(?:REQ|RESP)\\(:?[a-zA-Z0-9_-]+(?:\\?:?[a-zA-Z0-9_-]+)?\\)(?::[0-9]{1,5})?)%");

  private HttpChecks() {}

  /** A path or the prefix of one. */
  static String path(At at, String path) {
    at.require(path.startsWith("/"), Value.quoted(path), "expected a path that starts with /");
    at.require(
        NOT_IN_PATH.matchesNoneOf(path) && path.length() <= MAX_VALUE,
        Value.quoted(path),
        "expected a path without blanks and control characters, of at most 8192 characters");
    if (path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
      at.warn("never matches: a request is matched by its path without the query");
    }
    return path;
  }

  /** The path that a matched one is replaced by. */
  static String rewrite(At at, String path) {
    at.require(path.startsWith("/"), Value.quoted(path), "expected a path that starts with /");
    at.require(
        NOT_IN_PATH.matchesNoneOf(path) && path.length() <= MAX_VALUE && path.indexOf('#') < 0,
        Value.quoted(path),
        "expected a path without blanks, control characters and fragment");
    return path;
  }

  /** An RE2 expression, as Envoy takes it. */
  static String regex(At at, String expression) {
    at.require(!expression.isEmpty(), "\"\"", "expected a regular expression");
    Regex.checkForEnvoy(expression, problem -> at.refusal(Value.quoted(expression), problem));
    return expression;
  }

  /**
   * A header's name, in lower case. A match may name a pseudo-header such as {@code :authority}.
   */
  static String header(At at, String name) {
    String token = name.startsWith(":") ? name.substring(1) : name;
    token(at, token, "expected the name of a header");
    return name.toLowerCase(Locale.ROOT);
  }

  static void token(At at, String token, String expected) {
    at.require(
        !token.isEmpty() && token.length() <= MAX_NAME && TOKEN.matchesAllOf(token),
        Value.quoted(token),
        expected);
  }

  static void cookiePath(At at, String path) {
    at.require(
        path.length() <= MAX_NAME && NOT_IN_VALUE.matchesNoneOf(path) && path.indexOf(';') < 0,
        Value.quoted(path),
        "expected a cookie's path");
  }

  /** What a header is compared with. */
  static String headerValue(At at, String value) {
    at.require(
        value.length() <= MAX_VALUE && NOT_IN_VALUE.matchesNoneOf(value),
        Value.quoted(value),
        "expected a header's value, without control characters, of at most 8192 characters");
    return value;
  }

  /** The name of a query parameter. */
  static String parameter(At at, String name) {
    at.require(
        !name.isEmpty() && name.length() <= MAX_NAME && NOT_IN_VALUE.matchesNoneOf(name),
        Value.quoted(name),
        "expected the name of a query parameter");
    return name;
  }

  static String method(At at, String method) {
    String upper = method.toUpperCase(Locale.ROOT);
    at.require(
        METHODS.contains(upper),
        Value.quoted(method),
        "expected one of " + String.join(", ", METHODS));
    return upper;
  }

  /** A host that is routed: a name in lower case, perhaps behind {@code *.}; never a port. */
  static String hostname(At at, String host) {
    String name = host.startsWith("*.") ? host.substring(2) : host;
    boolean valid = !name.isEmpty() && host.length() <= 253;
    for (String label : name.split("[.]", -1)) {
      valid &= label.matches("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");
    }
    at.require(
        valid, Value.quoted(host), "expected a host name, or *. and a host name, without a port");
    return host.toLowerCase(Locale.ROOT);
  }

  static HeaderModifier headers(At at, HeaderModifiers modifiers) {
    return headers(at, List.of(modifiers), false);
  }

  /** Several changes to headers as one; where two change the same header, the later one counts. */
  static HeaderModifier headers(At at, List<HeaderModifiers> modifiers, boolean list) {
    var add = new TreeMap<String, String>();
    var set = new TreeMap<String, String>();
    var remove = new java.util.TreeSet<String>();
    for (int i = 0; i < modifiers.size(); i++) {
      At here = list ? at.index(i) : at;
      add.putAll(values(here.field("Add"), modifiers.get(i).getAddMap()));
      set.putAll(values(here.field("Set"), modifiers.get(i).getSetMap()));
      for (int j = 0; j < modifiers.get(i).getRemoveCount(); j++) {
        remove.add(changeable(here.field("Remove").index(j), modifiers.get(i).getRemove(j)));
      }
    }
    if (add.isEmpty() && set.isEmpty() && remove.isEmpty()) {
      return HeaderModifier.NONE;
    }
    return new HeaderModifier(
        ImmutableSortedMap.copyOfSorted(add),
        ImmutableSortedMap.copyOfSorted(set),
        ImmutableList.copyOf(remove));
  }

  private static Map<String, String> values(At at, Map<String, String> headers) {
    var values = new TreeMap<String, String>();
    headers.forEach((name, value) -> {
      At here = at.key(name);
      String other = values.put(changeable(here, name), template(here, value));
      here.require(
          other == null, Value.quoted(name), "expected every header once, in whatever case");
    });
    return values;
  }

  /** The name of a header that Convoy has Envoy write, in lower case. */
  static String ownHeader(At at, String name) {
    String header = changeable(at, name);
    at.require(
        !RESERVED.contains(header)
            && !header.startsWith("x-convoy-")
            && !header.startsWith("x-envoy-"),
        Value.quoted(name),
        "expected another header: this one has a meaning of its own");
    return header;
  }

  /** Envoy refuses a change to {@code host} and to pseudo-headers. */
  static String changeable(At at, String name) {
    String header = header(at, name);
    at.require(
        !header.startsWith(":") && !header.equals("host"),
        Value.quoted(name),
        "expected another header: host and pseudo-headers cannot be changed");
    return header;
  }

  /** A value in which {@code %} begins one of Envoy's substitutions. */
  private static String template(At at, String value) {
    headerValue(at, value);
    int from = value.indexOf('%');
    while (from >= 0) {
      int most = Math.min(value.length(), from + 1 + MAX_NAME);
      var substitution = SUBSTITUTION.matcher(value.substring(from + 1, most));
      boolean known = substitution.lookingAt();
      boolean literal = value.startsWith("%%", from);
      at.require(
          known || literal,
          Value.quoted(value),
          "expected one of Envoy's substitutions, such as %PROTOCOL% or %REQ(x-id)%, after %; a"
              + " literal % is written %%");
      from = value.indexOf('%', literal ? from + 2 : from + 1 + substitution.end());
    }
    return value;
  }

  static Retries retries(
      At at, int attempts, List<String> conditions, boolean connectFailure, List<Integer> codes) {
    var names = new java.util.LinkedHashSet<String>();
    names.addAll(retryConditions(at.field("RetryOn"), conditions));
    if (connectFailure) {
      names.add("connect-failure");
    }
    return new Retries(
        Optionals.aboveZero(attempts),
        ImmutableList.copyOf(names),
        statuses(at.field("RetryOnStatusCodes"), codes));
  }

  /** Envoy's conditions for a retry, each once; {@code at}: the list itself. */
  static ImmutableSet<String> retryConditions(At at, List<String> conditions) {
    var names = ImmutableSet.<String>builder();
    for (int i = 0; i < conditions.size(); i++) {
      names.add(at.index(i).oneOf(RETRY_CONDITIONS, conditions.get(i)));
    }
    return names.build();
  }

  /** Status codes; {@code at}: the list itself. */
  static ImmutableList<Integer> statuses(At at, List<Integer> codes) {
    for (int i = 0; i < codes.size(); i++) {
      at.index(i).range(codes.get(i), 100, 599);
    }
    return ImmutableList.copyOf(codes);
  }
}
