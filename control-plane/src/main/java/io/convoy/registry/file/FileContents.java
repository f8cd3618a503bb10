package io.convoy.registry.file;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.registry.RegistryListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/**
 * What files hold, read once, as {@link FileRegistry} reads them. Immutable.
 *
 * @param documents in the order of the files; refused ones included
 * @param services whose definitions the files hold
 */
public record FileContents(ImmutableList<RawDocument> documents, ImmutableList<Service> services) {

  /** The documents and services in texts, which are by their files' paths and in their order. */
  public static FileContents of(Map<String, String> texts) {
    var listener = new Listener();
    new FolderContent(listener).report(texts);
    return new FileContents(listener.documents.build(), listener.services.build());
  }

  /**
   * The texts of a file, or of a folder's files and of its subfolders', by path. Bytes that are not
   * UTF-8 become U+FFFD.
   *
   * @throws IOException when any of it cannot be read
   */
  public static Map<String, String> texts(Path path) throws IOException {
    return Files.isDirectory(path)
        ? new Folder(path).read()
        : Map.of(path.toString(), new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
  }

  private static final class Listener implements RegistryListener {
    private final ImmutableList.Builder<RawDocument> documents = ImmutableList.builder();
    private final ImmutableList.Builder<Service> services = ImmutableList.builder();

    @Override
    public void servicesChanged(Collection<Service> changed, Collection<String> removed) {
      services.addAll(changed);
    }

    @Override
    public void documentsChanged(
        RawDocument.Source source, Collection<RawDocument> changed, Collection<DocumentId> gone) {
      documents.addAll(changed);
    }

    @Override
    public void up(String part) {}

    @Override
    public void down(String part, String reason) {}
  }
}
