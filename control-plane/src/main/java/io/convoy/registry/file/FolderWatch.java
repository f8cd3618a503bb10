package io.convoy.registry.file;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/** Waits until something in some folders changed, and until it has settled. */
final class FolderWatch implements AutoCloseable {
  /** Editors empty, write and rename in several steps; what lies between must not be read. */
  private static final Duration QUIET = Duration.ofMillis(50);

  private static final int MOST_ROUNDS = 20;

  private final WatchService service;

  private FolderWatch(WatchService service) {
    this.service = service;
  }

  static FolderWatch open() throws IOException {
    return new FolderWatch(FileSystems.getDefault().newWatchService());
  }

  /** Adds folders; one that is watched already stays so. */
  void watch(Collection<Path> folders) throws IOException {
    for (Path folder : folders) {
      folder.register(service, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
    }
  }

  /** Returns when there was a change, and quiet after it, or after {@code most} without any. */
  void await(Duration most) throws InterruptedException {
    WatchKey key = service.poll(most.toMillis(), TimeUnit.MILLISECONDS);
    for (int round = 0; key != null && round < MOST_ROUNDS; round++) {
      key.pollEvents();
      key.reset();
      key = service.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
    }
    if (key != null) {
      key.reset();
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
