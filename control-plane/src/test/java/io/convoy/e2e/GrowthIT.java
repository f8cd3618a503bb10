package io.convoy.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * More policies than slots were prepared: the listener is replaced, and connections that were there
 * go on with the one before, which has none of the new slots. There a guard denies, and a limit
 * does not count.
 */
class GrowthIT {
  /** More than there are slots of authorization, and of limits. */
  private static final int GUARDS = 17;

  private static final int LIMITS = 65;

  @Test
  void onConnectionsFromBeforeAGuardInANewSlotDeniesAndALimitDoesNotCount() throws Exception {
    try (var stage = new PolicyStage(Duration.ZERO)) {
      stage.put(
          "http-route/many",
          "Rules:\n"
              + IntStream.range(0, GUARDS + LIMITS)
                  .mapToObj(i ->
                      "- {Matches: [{Path: {Match: prefix, Value: /%d/}}], Services: [{Name: user}]}"
                          .formatted(i))
                  .collect(Collectors.joining("\n")));
      int port = stage.delta.port();
      List<Connection> before = new ArrayList<>();
      for (int i = 0; i < GUARDS + LIMITS; i++) {
        var connection = new Connection(port);
        before.add(connection);
        assertThat(connection.status("/" + i + "/")).isEqualTo(200);
      }
      for (int i = 0; i < GUARDS + LIMITS; i++) {
        String id = (i < GUARDS ? "security-policy/allow-" : "backend-traffic-policy/limit-") + i;
        stage.consul.putKey(
            "convoy/" + id,
            "TargetRefs: [{Kind: http-route, Name: many, Rule: %d}]\nMeta: {mark: last-%d}\n%s\n"
                .formatted(
                    i,
                    i,
                    i < GUARDS
                        ? "Authorization: {DefaultAction: Allow}"
                        : "RateLimit: {Local: {Rules: [{Limit: {Requests: 1, Unit: Day}}]}}"));
      }
      for (int i = 0; i < GUARDS + LIMITS; i++) {
        stage.awaitProgrammed(
            (i < GUARDS ? "security-policy/allow-" : "backend-traffic-policy/limit-") + i,
            "last-" + i);
      }
      for (int i = 0; i < GUARDS; i++) {
        assertThat(stage.delta.freshStatuses(1, "/" + i + "/")).isEqualTo("200");
      }
      for (int i = GUARDS; i < GUARDS + LIMITS; i++) {
        assertThat(stage.delta.freshStatuses(2, "/" + i + "/")).isEqualTo("200 429");
      }
      // Those that found a slot that was there before are in force on both listeners.
      var denied = new ArrayList<Integer>();
      for (int i = 0; i < GUARDS; i++) {
        int status = before.get(i).status("/" + i + "/");
        assertThat(status).isIn(200, 403);
        if (status == 403) {
          denied.add(i);
        }
      }
      assertThat(denied).as("guards in new slots").hasSizeBetween(1, GUARDS - 1);
      var uncounted = new ArrayList<Integer>();
      for (int i = GUARDS; i < GUARDS + LIMITS; i++) {
        // Each listener has buckets of its own.
        assertThat(before.get(i).status("/" + i + "/")).isEqualTo(200);
        if (before.get(i).status("/" + i + "/") == 200) {
          uncounted.add(i);
        }
      }
      assertThat(uncounted).as("limits in new slots").hasSizeBetween(1, LIMITS - 1);
      for (Connection connection : before) {
        connection.close();
      }
    }
  }

  /** A connection that stays open between requests. */
  private static final class Connection implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;

    Connection(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(20_000);
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    int status(String path) {
      try {
        socket
            .getOutputStream()
            .write("GET %s HTTP/1.1\r\nHost: a.test\r\n\r\n".formatted(path).getBytes(UTF_8));
        int status = Integer.parseInt(in.readLine().split(" ", -1)[1]);
        int length = 0;
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
          if (line.startsWith("content-length: ")) {
            length = Integer.parseInt(line.substring("content-length: ".length()));
          }
        }
        for (int i = 0; i < length; i++) {
          in.read();
        }
        return status;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
