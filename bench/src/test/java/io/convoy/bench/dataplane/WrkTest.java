package io.convoy.bench.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.convoy.cli.FailedException;
import org.junit.jupiter.api.Test;

class WrkTest {
  private static final String OUTPUT =
      """
      Running 2s test @ http://127.0.0.1:10000/s0/
        1 threads and 16 connections
        Thread Stats   Avg      Stdev     Max   +/- Stdev
          Latency     2.10ms    1.02ms  20.42ms   86.12%
          Req/Sec     7.91k   620.01     9.10k    70.00%
        Latency Distribution
           50%    1.88ms
           75%    2.41ms
           90%    3.09ms
           99%    6.25ms
        15749 requests in 2.00s, 2.31MB read
      Requests/sec:   7871.12
      """;

  @Test
  void requestsAndTheLatencyOf99Percent() {
    assertThat(Wrk.read(OUTPUT)).isEqualTo(new Wrk(15_749, 6.25));
    assertThat(Wrk.read(OUTPUT.replace("6.25ms", "625.00us")).millisOf99Percent()).isEqualTo(0.625);
    assertThat(Wrk.read(OUTPUT.replace("6.25ms", "1.25s")).millisOf99Percent()).isEqualTo(1250);
  }

  @Test
  void aRequestThatFailsFailsTheBenchmark() {
    for (String line :
        new String[] {
          "Non-2xx or 3xx responses: 3", "Socket errors: connect 0, read 1, write 0, timeout 0"
        }) {
      assertThatThrownBy(() -> Wrk.read(OUTPUT + line))
          .isInstanceOf(FailedException.class)
          .hasMessageContaining(line);
    }
  }
}
