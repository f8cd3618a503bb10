package io.convoy.registry.file;

import com.google.common.collect.ImmutableSet;
import io.convoy.registry.Registry;
import io.convoy.registry.RegistryListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Services and documents from the files {@code *.yaml}, {@code *.yml} and {@code *.json} of a
 * folder and its subfolders; hidden ones are left out.
 *
 * <p>A file may hold several documents, and services in the form of Consul's service definitions
 * ({@code service} or {@code services}). Changes are seen within a fraction of a second, also where
 * a whole folder is swapped by a symbolic link, and at the latest after some seconds where the file
 * system tells of no changes. What a file cannot be understood to say now, it says as before.
 */
public final class FileRegistry implements Registry {
  /** The only part. */
  public static final String PART = "files";

  private static final Duration RESCAN = Duration.ofSeconds(5);

  private final Folder folder;
  private final Counter reloads;
  private final Counter errors;
  private volatile boolean over;
  private @Nullable Thread thread;

  public FileRegistry(Path folder, MeterRegistry meters) {
    this.folder = new Folder(folder);
    this.reloads =
        Counter.builder("convoy.file.reloads")
            .description("Times that the folder was read because it may have changed")
            .register(meters);
    this.errors =
        Counter.builder("convoy.file.errors")
            .description("Times that the folder or a file in it could not be read")
            .register(meters);
  }

  @Override
  public ImmutableSet<String> parts() {
    return ImmutableSet.of(PART);
  }

  @Override
  public void start(RegistryListener listener) {
    var content = new FolderContent(listener);
    thread = Thread.ofVirtual().name("convoy-files").start(() -> follow(content, listener));
  }

  private void follow(FolderContent content, RegistryListener listener) {
    @Nullable String told = null;
    try (FolderWatch watch = FolderWatch.open()) {
      while (!over) {
        String reason = read(content, watch);
        if (over) {
          return;
        }
        if (!reason.equals(told)) {
          told = reason;
          if (reason.isEmpty()) {
            listener.up(PART);
          } else {
            listener.down(PART, reason);
          }
        }
        watch.await(RESCAN);
      }
    } catch (IOException e) {
      listener.down(PART, "cannot watch files: " + e.getMessage());
    } catch (InterruptedException | ClosedWatchServiceException e) {
      // Only close() interrupts this thread.
      over = true;
    }
  }

  /** Why the folder cannot be read, or empty. */
  private String read(FolderContent content, FolderWatch watch) {
    reloads.increment();
    try {
      // Watched before it is read: a change between the two is seen as an event.
      watch.watch(folder.folders());
      content.report(folder.read());
      return "";
    } catch (IOException e) {
      errors.increment();
      return folder.describe(e);
    }
  }

  @Override
  public void close() {
    over = true;
    Thread running = thread;
    if (running == null) {
      return;
    }
    running.interrupt();
    try {
      running.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
