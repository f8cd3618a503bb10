package io.convoy.bench.headline;

import io.convoy.bench.measure.Histogram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time of single writes goes, by what Convoy's flight recorder holds of them: from
 * Consul's answer to the write until each Envoy's answer. Confined to one thread.
 */
final class Timeline {
  /** Stages of a write, in their order. */
  private static final List<String> STAGES =
      List.of(
          "Consul's answer to the write → Convoy has the documents",
          "→ the document is parsed",
          "→ translated and published",
          "→ sent to the first Envoy",
          "→ sent to the last Envoy",
          "→ answered by the last Envoy",
          "all together");

  /** A write that Consul took. */
  record Write(String document, Instant at) {}

  private record Span(Instant start, Instant end) {}

  private record Read(Instant at, long index) {}

  private final TreeMap<Long, Instant> answered = new TreeMap<>();
  private final List<Span> publishes = new ArrayList<>();
  private final Map<String, List<Read>> reads = new LinkedHashMap<>();
  private final Map<String, List<Span>> sent = new LinkedHashMap<>();
  private final Map<String, Histogram> stages = new LinkedHashMap<>();
  private final Histogram queries = new Histogram();
  private final Histogram publishTimes = new Histogram();
  private int lost;

  /**
   * Reads a recording.
   *
   * @param writes of documents that change so rarely that Convoy sees each change
   */
  Timeline(Path recording, List<Write> writes) {
    STAGES.forEach(stage -> stages.put(stage, new Histogram()));
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        take(file.readEvent());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    writes.forEach(this::follow);
  }

  private void take(RecordedEvent event) {
    var span = new Span(event.getStartTime(), event.getEndTime());
    switch (event.getEventType().getName()) {
      case "convoy.Answered" -> {
        if (event.getString("query").equals("kv")) {
          answered.putIfAbsent(event.getLong("index"), span.end());
          queries.add(event.getDuration().toNanos());
        }
      }
      case "convoy.Read" ->
          reads
              .computeIfAbsent(event.getString("document"), document -> new ArrayList<>())
              .add(new Read(span.end(), event.getLong("modifyIndex")));
      case "convoy.Publish" -> {
        publishes.add(span);
        publishTimes.add(event.getDuration().toNanos());
      }
      case "convoy.Sent" -> {
        for (String document :
            com.google.common.base.Splitter.on(',').split(event.getString("documents"))) {
          sent.computeIfAbsent(document, name -> new ArrayList<>()).add(span);
        }
      }
      default -> {}
    }
  }

  private void follow(Write write) {
    // Convoy may have it before the writer has Consul's answer.
    Instant early = write.at().minusMillis(500);
    Read read =
        reads.getOrDefault(write.document(), List.of()).stream()
            .filter(r -> r.at().isAfter(early))
            .findFirst()
            .orElse(null);
    var answer = read == null ? null : answered.ceilingEntry(read.index());
    if (read == null || answer == null) {
      lost++;
      return;
    }
    Instant published =
        publishes.stream()
            .map(Span::end)
            .filter(end -> end.isAfter(read.at()))
            .min(Instant::compareTo)
            .orElse(read.at());
    List<Span> responses =
        sent.getOrDefault(write.document(), List.of()).stream()
            .filter(span -> !span.start().isBefore(read.at()))
            .filter(span -> span.start().isBefore(read.at().plusSeconds(1)))
            .toList();
    if (responses.isEmpty()) {
      lost++;
      return;
    }
    Instant first = responses.stream().map(Span::start).min(Instant::compareTo).orElseThrow();
    Instant last = responses.stream().map(Span::start).max(Instant::compareTo).orElseThrow();
    Instant acked = responses.stream().map(Span::end).max(Instant::compareTo).orElseThrow();
    List<Instant> times =
        List.of(write.at(), answer.getValue(), read.at(), published, first, last, acked);
    for (int i = 0; i < times.size() - 1; i++) {
      add(STAGES.get(i), times.get(i), times.get(i + 1));
    }
    add(STAGES.getLast(), write.at(), acked);
  }

  private void add(String stage, Instant from, Instant to) {
    java.util.Objects.requireNonNull(stages.get(stage)).add(Duration.between(from, to).toNanos());
  }

  /** Times by stage, in order. */
  Map<String, Histogram> stages() {
    return stages;
  }

  /** Reads of all documents: from the question until the answer is reported. */
  Histogram queries() {
    return queries;
  }

  Histogram publishes() {
    return publishTimes;
  }

  /** Writes that the recording says too little of. */
  int lost() {
    return lost;
  }
}
