package io.convoy.admin;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.HostAndPort;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A request that somebody asks about.
 *
 * @param host in lower case, without a port
 * @param path without the query
 * @param query decoded
 * @param headers by name in lower case
 */
record AskedRequest(
    String method,
    String host,
    String path,
    ImmutableListMultimap<String, String> query,
    ImmutableMap<String, String> headers) {

  /**
   * Reads {@code method} (GET when absent), {@code host}, {@code path} (with a query, if any;
   * {@code /} when absent) and {@code headers}, a line {@code name: value} for each.
   *
   * @throws IllegalArgumentException with one line
   */
  static AskedRequest of(ImmutableMap<String, String> parameters) {
    String whole = parameters.getOrDefault("path", "/");
    if (!whole.startsWith("/")) {
      throw new IllegalArgumentException(
          "path: had \"" + whole + "\", expected one that starts with \"/\"");
    }
    List<String> pathAndQuery = Splitter.on('?').limit(2).splitToList(whole);
    return new AskedRequest(
        parameters.getOrDefault("method", "GET").toUpperCase(Locale.ROOT),
        host(parameters.getOrDefault("host", "")),
        pathAndQuery.getFirst(),
        query(pathAndQuery.size() == 2 ? pathAndQuery.get(1) : ""),
        headers(parameters.getOrDefault("headers", "")));
  }

  private static String host(String text) {
    return text.isEmpty() ? "" : HostAndPort.fromString(text).getHost().toLowerCase(Locale.ROOT);
  }

  private static ImmutableListMultimap<String, String> query(String text) {
    var query = ImmutableListMultimap.<String, String>builder();
    for (String pair : Splitter.on('&').omitEmptyStrings().split(text)) {
      List<String> nameAndValue = Splitter.on('=').limit(2).splitToList(pair);
      query.put(
          URLDecoder.decode(nameAndValue.getFirst(), StandardCharsets.UTF_8),
          nameAndValue.size() == 2
              ? URLDecoder.decode(nameAndValue.get(1), StandardCharsets.UTF_8)
              : "");
    }
    return query.build();
  }

  private static ImmutableMap<String, String> headers(String text) {
    var headers = ImmutableMap.<String, String>builder();
    for (String line : Splitter.on('\n').omitEmptyStrings().trimResults().split(text)) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IllegalArgumentException(
            "headers: had \"" + line + "\", expected \"name: value\"");
      }
      headers.put(
          line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    return headers.buildKeepingLast();
  }
}
