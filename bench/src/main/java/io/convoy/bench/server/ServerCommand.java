package io.convoy.bench.server;

import com.google.common.base.Splitter;
import io.convoy.bench.workload.Churn;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A server that is measured, in a process of its own. It takes commands on standard input, answers
 * each with a line, and ends with its input: {@code change N} makes the workload's change of that
 * number, {@code heap} collects garbage and tells the bytes in use.
 */
@Command(name = "server", hidden = true)
public final class ServerCommand implements Callable<Integer> {
  @Option(names = "--engine", required = true)
  private Engine.Kind engine = Engine.Kind.convoy;

  @Option(names = "--services", required = true)
  private int services;

  @Option(names = "--instances", required = true)
  private int instances;

  @Option(names = "--streams", required = true)
  private int streams;

  @Override
  public Integer call() throws IOException {
    var workload = new Churn(services, instances);
    try (Engine running = Engine.start(engine, workload, streams, List.of(0));
        var commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      answer("READY " + running.port());
      for (String line = commands.readLine(); line != null; line = commands.readLine()) {
        List<String> words = Splitter.on(' ').splitToList(line);
        switch (words.getFirst()) {
          case "change" -> {
            running.change(workload.change(Integer.parseInt(words.get(1))));
            answer("OK");
          }
          case "heap" -> answer("HEAP " + heapAfterCollection());
          default -> throw new IllegalArgumentException(line);
        }
      }
    }
    return 0;
  }

  private static long heapAfterCollection() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static void answer(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
