package io.convoy.registry.consul;

import io.convoy.registry.consul.ConsulSettings.Consistency;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * What of the services must be read again: filled by the blocking queries, emptied by the one
 * reader, which thereby reads once for whatever happened meanwhile. Thread-safe.
 */
final class ServiceWork {
  /** Bounds what is missed for ever if a wake-up should not tell what it is known to tell. */
  private static final Duration FULL_READ_EVERY = Duration.ofMinutes(5);

  /** A full read may take a quarter of the time while changes keep coming. */
  private static final int REST = 3;

  /** While everything is followed: at most so often, so that endless changes cost little. */
  private static final Duration FOLLOW_GAP = Duration.ofMillis(20);

  private static final long NOTHING_READ = -1;

  /** What to do next. */
  sealed interface Task {
    /** Read everything, from a state that is at least {@code index}. */
    record Everything(long index) implements Task {}

    /** Read the services that these checks belong to. */
    record Checks(Set<ConsulCheck> checks) implements Task {}

    /** Nothing is left to do, and little to read: wait for everything that is newer. */
    record Follow(long index) implements Task {}
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final boolean checksTellAll;
  private final BooleanSupplier mayReadEverything;

  private boolean everything = true;
  private long everythingIndex;
  private final Set<ConsulCheck> checks = new HashSet<>();
  private long checksIndex;
  private long readIndex = NOTHING_READ;
  private boolean following;
  private long notBefore = System.nanoTime();
  private long notAfter = Long.MAX_VALUE;

  /**
   * @param mayReadEverything whether all blocking queries stand, so that a full read misses nothing
   */
  ServiceWork(Consistency consistency, BooleanSupplier mayReadEverything) {
    // A server that lags may answer a single service from before the change that woke us, and a
    // service's index cannot be compared with a list's: only full reads are then exact.
    this.checksTellAll = consistency != Consistency.STALE;
    this.mayReadEverything = mayReadEverything;
  }

  /** {@code restarted}: indexes from before mean nothing any more. */
  void everythingMayHaveChanged(long index, boolean restarted) {
    lock.lock();
    try {
      if (restarted) {
        readIndex = NOTHING_READ;
        everythingIndex = index;
        following = false;
      }
      everything = true;
      everythingIndex = Math.max(everythingIndex, index);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void checksChanged(long index, Set<ConsulCheck> failing) {
    if (failing.isEmpty()) {
      return;
    }
    if (!checksTellAll) {
      everythingMayHaveChanged(index, false);
      return;
    }
    lock.lock();
    try {
      checks.addAll(failing);
      checksIndex = index;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing that was read counts: a query failed, or a read did. */
  void startOver() {
    everythingMayHaveChanged(0, true);
  }

  /**
   * Everything was read, as of {@code index}, which took {@code nanos}.
   *
   * @param little whether one query may follow it all from now on
   */
  void readEverything(long index, long nanos, boolean little) {
    read(index, REST * nanos, little);
  }

  /** Everything was followed to {@code index}. {@code little}: as for {@link #readEverything}. */
  void followed(long index, boolean little) {
    read(index, FOLLOW_GAP.toNanos(), little);
  }

  private void read(long index, long rest, boolean little) {
    lock.lock();
    try {
      readIndex = index;
      following = little;
      notBefore = System.nanoTime() + rest;
      notAfter = System.nanoTime() + FULL_READ_EVERY.toNanos();
      if (index < everythingIndex) {
        everything = true;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits while one query follows everything, but for {@code most} at most. */
  void awaitUse(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = most.toNanos();
      while (following && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for something to do. */
  Task next() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        dropWhatWasRead();
        if (everything && mayReadEverything.getAsBoolean() && System.nanoTime() >= notBefore) {
          everything = false;
          checks.clear();
          return new Task.Everything(Math.max(everythingIndex, checksIndex));
        }
        if (!checks.isEmpty()) {
          Set<ConsulCheck> taken = Set.copyOf(checks);
          checks.clear();
          return new Task.Checks(taken);
        }
        if (following && !everything && System.nanoTime() >= notBefore) {
          return new Task.Follow(readIndex);
        }
        waitForMore();
      }
    } finally {
      lock.unlock();
    }
  }

  private void dropWhatWasRead() {
    if (System.nanoTime() >= notAfter) {
      everything = true;
    } else if (everythingIndex <= readIndex) {
      everything = false;
    }
    if (checksIndex <= readIndex) {
      checks.clear();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller's loop
  private void waitForMore() throws InterruptedException {
    boolean rests = following || (everything && mayReadEverything.getAsBoolean());
    long until = rests ? notBefore : notAfter;
    if (until == Long.MAX_VALUE) {
      changed.await();
    } else {
      changed.await(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
    }
  }
}
