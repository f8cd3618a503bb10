package io.convoy.registry.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The files that count, below one folder. */
final class Folder {
  private static final int MAX_DEPTH = 8;
  private static final Set<String> ENDINGS = Set.of("yaml", "yml", "json");

  private final Path root;

  Folder(Path root) {
    this.root = root;
  }

  /** The folder and its subfolders. */
  List<Path> folders() throws IOException {
    List<Path> folders = new ArrayList<>();
    walk(folders, new ArrayList<>());
    return folders;
  }

  /**
   * Texts by the files' paths, sorted. Bytes that are not UTF-8 become U+FFFD.
   *
   * @throws IOException when any of it cannot be read: then nothing is known of any file
   */
  Map<String, String> read() throws IOException {
    List<Path> files = new ArrayList<>();
    walk(new ArrayList<>(), files);
    Map<String, String> texts = new TreeMap<>();
    for (Path file : files) {
      texts.put(file.toString(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }
    return texts;
  }

  /** One line for people. */
  String describe(IOException e) {
    return switch (e) {
      case NoSuchFileException missing when root.toString().equals(missing.getFile()) ->
          "%s: no such folder: create it, or name another (--file)".formatted(root);
      case NotDirectoryException file -> "%s: not a folder".formatted(root);
      default -> "%s: cannot read: %s".formatted(root, e);
    };
  }

  private void walk(List<Path> folders, List<Path> files) throws IOException {
    if (Files.isRegularFile(root)) {
      throw new NotDirectoryException(root.toString());
    }
    Files.walkFileTree(
        root,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        MAX_DEPTH,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            // Also Kubernetes' "..data", which the files' own links lead to.
            if (!folder.equals(root) && hidden(folder)) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            folders.add(folder);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && !hidden(file) && ENDINGS.contains(ending(file))) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static boolean hidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static String ending(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
