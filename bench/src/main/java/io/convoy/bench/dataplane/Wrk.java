package io.convoy.bench.dataplane;

import io.convoy.cli.FailedException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code wrk --latency} reports.
 *
 * @param requests that were answered, all with 2xx or 3xx
 * @param millisOf99Percent within which 99 of 100 were
 */
record Wrk(long requests, double millisOf99Percent) {
  private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");
  private static final Pattern LATENCY = Pattern.compile("99%\\s+([\\d.]+)(us|ms|s|m)\\b");
  private static final Pattern ERRORS =
      Pattern.compile("Non-2xx or 3xx responses: \\d+|Socket errors: .*");

  /** Reads its output. Throws {@link FailedException} when a request failed. */
  static Wrk read(String out) {
    Matcher requests = REQUESTS.matcher(out);
    Matcher latency = LATENCY.matcher(out);
    if (!requests.find() || !latency.find() || ERRORS.matcher(out).find()) {
      throw new FailedException("not every request was answered with 200:\n" + out);
    }
    double unit =
        switch (latency.group(2)) {
          case "us" -> 1e-3;
          case "ms" -> 1;
          case "s" -> 1e3;
          default -> 60e3;
        };
    return new Wrk(Long.parseLong(requests.group(1)), Double.parseDouble(latency.group(1)) * unit);
  }
}
