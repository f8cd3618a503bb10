package io.convoy.registry.file;

import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.RawDocument;
import io.convoy.registry.RegistryListener;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns the texts of a folder's files into services and documents, and reports what differs. */
final class FolderContent {
  private static final Logger log = LoggerFactory.getLogger(FolderContent.class);

  private final RegistryListener listener;
  private final Map<String, FileContent> files = new HashMap<>();
  private Map<DocumentId, RawDocument> documents = new HashMap<>();
  private Map<String, Service> services = new HashMap<>();
  private long clock;

  /** What one file says. */
  private record FileContent(
      String text, List<RawDocument> documents, List<ServiceDefinition> services) {}

  FolderContent(RegistryListener listener) {
    this.listener = listener;
  }

  /** {@code texts}: of all files there are, by path, sorted. */
  void report(Map<String, String> texts) {
    boolean changed = files.keySet().retainAll(texts.keySet());
    for (Map.Entry<String, String> file : texts.entrySet()) {
      FileContent before = files.get(file.getKey());
      if (before == null || !before.text().equals(file.getValue())) {
        files.put(file.getKey(), read(file.getKey(), file.getValue(), before));
        changed = true;
      }
    }
    if (!changed) {
      return;
    }
    List<FileContent> inOrder = texts.keySet().stream().map(this::content).toList();
    reportDocuments(inOrder);
    reportServices(inOrder);
  }

  private FileContent content(String path) {
    FileContent content = files.get(path);
    if (content == null) {
      throw new IllegalStateException(path);
    }
    return content;
  }

  private static FileContent read(String path, String text, @Nullable FileContent before) {
    List<RawDocument> documents = new ArrayList<>();
    List<ServiceDefinition> services = new ArrayList<>();
    boolean understood = true;
    for (RawDocument part : DocumentParser.split(path, text, 0, 0)) {
      try {
        List<ServiceDefinition> defined = ServiceDefinition.read(part);
        services.addAll(defined);
        if (defined.isEmpty()) {
          documents.add(part);
          understood &= !part.id().kind().equals(RawDocument.INVALID);
        }
      } catch (ServiceDefinition.Malformed e) {
        log.warn("{}: a service definition is refused: {}", path, e.getMessage());
        documents.add(part);
        understood = false;
      }
    }
    if (!understood && before != null) {
      keep(before, documents, services);
    }
    return new FileContent(text, documents, services);
  }

  /** What cannot be read may be any of what was there before: nothing of that counts as gone. */
  private static void keep(
      FileContent before, List<RawDocument> documents, List<ServiceDefinition> services) {
    Set<DocumentId> present = new HashSet<>();
    documents.forEach(document -> present.add(document.id()));
    before.documents().stream()
        .filter(document -> !document.id().kind().equals(RawDocument.INVALID))
        .filter(document -> !present.contains(document.id()))
        .forEach(documents::add);
    Set<String> defined = new HashSet<>();
    services.forEach(service -> defined.add(service.instance().id()));
    before.services().stream()
        .filter(service -> !defined.contains(service.instance().id()))
        .forEach(services::add);
  }

  private void reportDocuments(List<FileContent> inOrder) {
    List<RawDocument> all = inOrder.stream().flatMap(file -> file.documents().stream()).toList();
    Map<DocumentId, RawDocument> next = new LinkedHashMap<>();
    List<RawDocument> changed = new ArrayList<>();
    for (RawDocument document : DocumentParser.unique(all)) {
      RawDocument before = documents.get(document.id());
      if (before != null && same(before, document)) {
        next.put(before.id(), before);
      } else {
        RawDocument dated = dated(document, before);
        next.put(dated.id(), dated);
        changed.add(dated);
      }
    }
    List<DocumentId> removed =
        documents.keySet().stream().filter(id -> !next.containsKey(id)).sorted().toList();
    documents = next;
    if (!changed.isEmpty() || !removed.isEmpty()) {
      listener.documentsChanged(RawDocument.Source.FILE, changed, removed);
    }
  }

  private static boolean same(RawDocument before, RawDocument now) {
    return before.text().equals(now.text())
        && before.location().equals(now.location())
        && before.line() == now.line();
  }

  /** Age is the order in which documents were first seen: at the start that of paths and lines. */
  private RawDocument dated(RawDocument document, @Nullable RawDocument before) {
    clock++;
    return new RawDocument(
        document.source(),
        document.location(),
        document.line(),
        document.id(),
        document.text(),
        before == null ? clock : before.createIndex(),
        clock);
  }

  private void reportServices(List<FileContent> inOrder) {
    Map<String, Map<String, Instance>> instances = new TreeMap<>();
    Set<String> ids = new HashSet<>();
    for (FileContent file : inOrder) {
      for (ServiceDefinition service : file.services()) {
        if (ids.add(service.instance().id())) {
          instances
              .computeIfAbsent(service.name(), name -> new TreeMap<>())
              .put(service.instance().id(), service.instance());
        } else {
          log.warn(
              "service {}: the id {} is defined twice; the first definition counts",
              service.name(),
              service.instance().id());
        }
      }
    }
    Map<String, Service> next = new HashMap<>();
    instances.forEach((name, byId) -> next.put(name, Service.of(name, byId.values())));
    Collection<Service> changed =
        next.values().stream()
            .filter(service -> !service.equals(services.get(service.name())))
            .toList();
    List<String> removed =
        services.keySet().stream().filter(name -> !next.containsKey(name)).sorted().toList();
    services = next;
    if (!changed.isEmpty() || !removed.isEmpty()) {
      listener.servicesChanged(changed, removed);
    }
  }
}
