package io.convoy.registry.consul;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.convoy.registry.consul.ConsulFault.Reason;
import io.convoy.registry.consul.Query.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/**
 * Asks Consul, and tells what went wrong in words. Thread-safe. A call blocks its thread; the
 * number of connections is bounded by the number of threads that call.
 */
final class ConsulHttp implements AutoCloseable {
  private static final int ERROR_BODY_BYTES = 300;
  private static final byte[] NOTHING = "[]".getBytes(StandardCharsets.UTF_8);

  private final ConsulSettings settings;
  private final ConsulToken token;
  private final ConsulMetrics metrics;
  private final OkHttpClient client;
  private final AtomicInteger addressInUse = new AtomicInteger();

  /**
   * @throws ConsulFault when a certificate, a key or the token's file cannot be read
   */
  ConsulHttp(ConsulSettings settings, ConsulMetrics metrics) throws ConsulFault {
    this.settings = settings;
    this.metrics = metrics;
    this.token = new ConsulToken(settings.token());
    this.client = client(settings);
    metrics.connections(client.connectionPool());
  }

  private static OkHttpClient client(ConsulSettings settings) throws ConsulFault {
    var builder =
        new OkHttpClient.Builder()
            .connectionPool(new ConnectionPool(settings.maxConnections(), 1, TimeUnit.MINUTES))
            .connectTimeout(settings.hangTimeout())
            // A blocking query is silent by design: the time limit is the whole call's.
            .readTimeout(Duration.ZERO)
            .followRedirects(false)
            .fastFallback(false);
    ConsulTls.context(settings.tls())
        .ifPresent(tls -> builder.sslSocketFactory(tls.context().getSocketFactory(), tls.trust()));
    return builder.build();
  }

  /** Asks and does not wait for a change. */
  <T> Answer<T> get(Query<T> query) throws ConsulFault {
    return get(query, 0, Duration.ZERO);
  }

  /**
   * Asks for the state after {@code index}, for up to {@code wait}; 0 asks for the state of now.
   */
  <T> Answer<T> get(Query<T> query, long index, Duration wait) throws ConsulFault {
    int address = addressInUse.get();
    URI base = settings.addresses().get(address);
    metrics.request(query.name());
    try {
      return ask(base, query, index, wait);
    } catch (ConsulFault fault) {
      metrics.error(query.name(), fault.reason());
      if (fault.reason() != Reason.FORBIDDEN && fault.reason() != Reason.NOT_SUPPORTED) {
        addressInUse.compareAndSet(address, (address + 1) % settings.addresses().size());
      }
      throw fault;
    }
  }

  /** The agent that is asked next. */
  URI address() {
    return settings.addresses().get(addressInUse.get());
  }

  private <T> Answer<T> ask(URI base, Query<T> query, long index, Duration wait)
      throws ConsulFault {
    var request = new Request.Builder().url(url(base, query, index, wait));
    // The agent is near; compressing a large answer costs it a third more.
    request.header("Accept-Encoding", "identity");
    token.current().ifPresent(secret -> request.header("X-Consul-Token", secret));
    Call call = client.newCall(request.build());
    Duration limit = wait.plus(wait.dividedBy(16)).plus(settings.hangTimeout());
    call.timeout().timeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    try (Response response = call.execute()) {
      return read(base, query, response);
    } catch (JsonEOFException e) {
      throw truncated(base, query.path());
    } catch (JacksonException e) {
      throw new ConsulFault(
          Reason.MALFORMED,
          "%s answered /v1/%s with malformed JSON (%s): is that a Consul agent, or a proxy before it?"
              .formatted(base, query.path(), e.getOriginalMessage()));
    } catch (IOException e) {
      throw fault(base, query.path(), limit, e);
    }
  }

  private HttpUrl url(URI base, Query<?> query, long index, Duration wait) {
    var url =
        HttpUrl.get(base.toString())
            .newBuilder()
            .addPathSegment("v1")
            .addEncodedPathSegments(query.path());
    query.parameters().forEach(url::addQueryParameter);
    if (!settings.datacenter().isEmpty()) {
      url.addQueryParameter("dc", settings.datacenter());
    }
    switch (settings.consistency()) {
      case DEFAULT -> {}
      case STALE -> url.addQueryParameter("stale", null);
      case CONSISTENT -> url.addQueryParameter("consistent", null);
    }
    if (index > 0) {
      url.addQueryParameter("index", Long.toString(index));
      url.addQueryParameter("wait", wait.toMillis() + "ms");
    }
    return url.build();
  }

  private <T> Answer<T> read(URI base, Query<T> query, Response response)
      throws IOException, ConsulFault {
    long index = index(response);
    ResponseBody body = response.body();
    boolean absent = response.code() == 404 && query.absentIsEmpty() && index > 0;
    if (response.code() != 200 && !absent) {
      throw refused(
          base,
          query.path(),
          "read",
          response.code(),
          isHtml(response),
          errorText(body.byteStream()));
    }
    if (index == 0 && query.indexed()) {
      throw new ConsulFault(
          Reason.NOT_CONSUL,
          "%s does not answer as Consul does (no X-Consul-Index in the answer to /v1/%s): is the address right?"
              .formatted(base, query.path()));
    }
    InputStream bytes = absent ? new ByteArrayInputStream(NOTHING) : body.byteStream();
    return new Answer<>(query.parser().parse(bytes), index, filtered(response));
  }

  /**
   * Whether the answer may lack what the token was not allowed to see. Consul tells only those who
   * bear a token; without one, a default policy of "deny" is the sign.
   */
  private boolean filtered(Response response) {
    return Boolean.parseBoolean(response.header("X-Consul-Results-Filtered-By-ACLs"))
        || (settings.token().isEmpty()
            && "deny".equals(response.header("X-Consul-Default-Acl-Policy")));
  }

  /** The index that Consul gave, or 0 when it gave none that is one. */
  private static long index(Response response) {
    String header = response.header("X-Consul-Index");
    if (header == null) {
      return 0;
    }
    try {
      return Math.max(0, Long.parseLong(header));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static boolean isHtml(Response response) {
    String type = response.header("Content-Type");
    return type != null && type.toLowerCase(Locale.ROOT).contains("html");
  }

  private static String errorText(InputStream body) throws IOException {
    String text = new String(body.readNBytes(ERROR_BODY_BYTES), StandardCharsets.UTF_8);
    return text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
  }

  /**
   * Consul's answer was no.
   *
   * @param path what it was asked for, below {@code /v1/}
   * @param right what a token needs for that
   */
  static ConsulFault refused(
      URI base, String path, String right, int code, boolean html, String text) {
    if (html || (code >= 300 && code < 400)) {
      return new ConsulFault(
          Reason.NOT_CONSUL,
          "%s does not answer as Consul does (status %d%s): is the address right?"
              .formatted(base, code, html ? ", a web page" : ""));
    }
    if (text.toLowerCase(Locale.ROOT).contains("no cluster leader")) {
      return new ConsulFault(
          Reason.NO_LEADER, "%s: Consul has no leader (status %d)".formatted(base, code));
    }
    String answered = "%s answered %d%s".formatted(base, code, text.isEmpty() ? "" : ": " + text);
    return switch (code) {
      case 401, 403 ->
          new ConsulFault(
              Reason.FORBIDDEN,
              answered
                  + " (asked for /v1/%s): give a token that may %s it (--consul-token)"
                      .formatted(path, right));
      case 429 ->
          new ConsulFault(
              Reason.TOO_MANY_REQUESTS,
              "%s answered 429: too many connections or requests from this address (limits in the agent's configuration)"
                  .formatted(base));
      case 400, 404, 405 ->
          new ConsulFault(Reason.NOT_SUPPORTED, answered + " (asked for /v1/%s)".formatted(path));
      default ->
          text.startsWith("invalid config entry kind")
              ? new ConsulFault(Reason.NOT_SUPPORTED, answered)
              : new ConsulFault(Reason.SERVER_ERROR, answered);
    };
  }

  /** There was no whole answer. */
  static ConsulFault fault(URI base, String path, Duration limit, IOException e) {
    String words = String.valueOf(e.getMessage());
    return switch (e) {
      case ConnectException refused ->
          new ConsulFault(
              Reason.UNREACHABLE,
              "%s: cannot connect: is a Consul agent running there?".formatted(base));
      case UnknownHostException unknown ->
          new ConsulFault(Reason.UNREACHABLE, "%s: unknown host".formatted(base));
      case SSLException tls ->
          new ConsulFault(
              Reason.TLS,
              "%s: TLS failed: %s: check the CA, the client certificate and http against https"
                  .formatted(base, words));
      case InterruptedIOException timeout ->
          new ConsulFault(
              Reason.TIMEOUT,
              "%s: no full answer within %d ms: the agent hangs, or the network drops packets"
                  .formatted(base, limit.toMillis()));
      case SocketException reset ->
          new ConsulFault(
              Reason.UNREACHABLE, "%s: the connection broke: %s".formatted(base, words));
      case IOException other when words.contains("unexpected end of stream") ->
          truncated(base, path);
      case IOException other ->
          new ConsulFault(Reason.UNREACHABLE, "%s: %s".formatted(base, words));
    };
  }

  private static ConsulFault truncated(URI base, String path) {
    return new ConsulFault(
        Reason.TRUNCATED,
        "%s: the answer to /v1/%s ended early: the agent stopped, or a proxy before it cut it off"
            .formatted(base, path));
  }

  /** Breaks off what is under way: the threads that ask get a fault. */
  @Override
  public void close() {
    client.dispatcher().cancelAll();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }
}
