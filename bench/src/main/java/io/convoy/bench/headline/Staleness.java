package io.convoy.bench.headline;

import io.convoy.bench.measure.Histogram;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How old news is: from Consul's answer to a write until a client has it. What a client gets may
 * bring several writes of one document: the oldest counts. Thread-safe.
 */
final class Staleness {
  private static final int REMEMBERED = 1 << 13;

  private final Corpus corpus;
  private final AtomicLongArray[] acceptedAt;
  private final AtomicIntegerArray accepted;
  private final AtomicIntegerArray first;
  final Histogram firstSight = new Histogram();
  final Histogram everySight = new Histogram();
  final Histogram rare = new Histogram();
  private volatile boolean measuring;

  Staleness(Corpus corpus) {
    this.corpus = corpus;
    acceptedAt = new AtomicLongArray[corpus.documents()];
    for (int i = 0; i < acceptedAt.length; i++) {
      acceptedAt[i] = new AtomicLongArray(REMEMBERED);
    }
    accepted = new AtomicIntegerArray(corpus.documents());
    first = new AtomicIntegerArray(corpus.documents());
  }

  /** What is seen from now on counts. */
  void measure() {
    measuring = true;
  }

  /** Consul has answered that it took the write. */
  void accepted(int document, int write, long now) {
    acceptedAt[document].set(write % REMEMBERED, now);
    accepted.set(document, write);
  }

  /** The last write that Consul took; writes count from 0. */
  int last(int document) {
    return accepted.get(document);
  }

  /** A client acknowledges a write; {@code before} is the one that it had. */
  void seen(Corpus.Mark mark, int before, long now) {
    int document = mark.document();
    if (mark.write() <= before) {
      return;
    }
    int known = first.getAndAccumulate(document, mark.write(), Math::max);
    if (!measuring) {
      return;
    }
    long age = age(document, before + 1, now);
    (corpus.isRare(document) ? rare : everySight).add(age);
    if (known < mark.write()) {
      firstSight.add(age(document, known + 1, now));
    }
  }

  /** 0 for what came before Consul's answer to the writer did. */
  private long age(int document, int write, long now) {
    boolean known = write <= accepted.get(document);
    return known ? now - acceptedAt[document].get(write % REMEMBERED) : 0;
  }
}
