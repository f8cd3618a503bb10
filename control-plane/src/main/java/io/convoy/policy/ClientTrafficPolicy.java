package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.Optional;

/**
 * How a gateway treats its clients.
 *
 * @param targets never empty
 */
public record ClientTrafficPolicy(
    DocumentId id, ImmutableList<TargetRef.Gateway> targets, Settings settings)
    implements Document {

  /** A field that is absent is one that the document does not give. */
  public record Settings(
      Optional<ClientIpDetection> clientIpDetection,
      Path path,
      Headers headers,
      Timeouts timeouts,
      Connections connections,
      Http1 http1,
      Http2 http2,
      Drain drain) {}

  /** Whose address counts as the client's. */
  public sealed interface ClientIpDetection {
    /** The peer's. */
    ClientIpDetection PEER = new Hops(0);

    /**
     * That entry of {@code X-Forwarded-For}.
     *
     * @param trusted how many proxies in front of the gateway are trusted; 0 trusts none: the
     *     peer's address is the client's
     */
    record Hops(int trusted) implements ClientIpDetection {}

    /**
     * The last entry of {@code X-Forwarded-For} that is not in one of these ranges.
     *
     * @param trusted such as {@code 10.0.0.0/8}; never empty
     */
    record Ranges(ImmutableList<String> trusted) implements ClientIpDetection {}

    /**
     * What a header says.
     *
     * @param name in lower case
     * @param failClosed whether a request that does not say is refused
     */
    record Header(String name, boolean failClosed) implements ClientIpDetection {}
  }

  /** What a path becomes before it is compared with those of routes. */
  public record Path(
      Optional<Boolean> normalize,
      Optional<Boolean> mergeSlashes,
      Optional<EscapedSlashes> escapedSlashes) {}

  /** What is done with an escaped slash. */
  public enum EscapedSlashes {
    KEEP_UNCHANGED,
    REJECT_REQUEST,
    UNESCAPE_AND_REDIRECT,
    UNESCAPE_AND_FORWARD
  }

  /** Limits on what stands before a request's body; the size is in KiB. */
  public record Headers(
      Optional<Integer> maxSize, Optional<Integer> maxCount, Optional<Underscores> underscores) {}

  /** What is done with a header that has an underscore in its name. */
  public enum Underscores {
    ALLOW,
    DROP_HEADER,
    REJECT_REQUEST
  }

  /** How long clients may take; zero stands for no limit. */
  public record Timeouts(
      Optional<Duration> requestHeaders,
      Optional<Duration> request,
      Optional<Duration> streamIdle,
      Optional<Duration> connectionIdle,
      Optional<Duration> maxConnectionDuration) {}

  /** How many connections there may be, and what each may hold; the buffer is in KiB. */
  public record Connections(
      Optional<Long> max,
      Optional<Duration> closeDelay,
      Optional<Integer> maxRequests,
      Optional<Integer> bufferLimit) {}

  /**
   * HTTP/1.
   *
   * @param http10 whether HTTP/1.0 is taken
   */
  public record Http1(
      Optional<Boolean> preserveHeaderCase, Optional<Boolean> trailers, Optional<Http10> http10) {}

  /** {@code defaultHost}: the host of requests that name none; empty refuses them. */
  public record Http10(String defaultHost) {}

  /** HTTP/2; windows are in bytes. */
  public record Http2(
      Optional<Integer> maxConcurrentStreams,
      Optional<Integer> streamWindow,
      Optional<Integer> connectionWindow) {}

  /** How connections end. */
  public record Drain(Optional<Duration> timeout, Optional<Duration> delayedClose) {}
}
