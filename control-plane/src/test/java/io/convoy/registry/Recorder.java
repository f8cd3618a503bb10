package io.convoy.registry;

import io.convoy.catalog.Catalog;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Mesh.DefaultIntention;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts together what a registry reports, as the snapshot's writer does. */
public final class Recorder implements RegistryListener {
  private Catalog catalog = Catalog.EMPTY;
  private final Map<RawDocument.Source, Map<DocumentId, RawDocument>> documents = new HashMap<>();
  private final Set<String> up = new HashSet<>();
  private final List<String> events = new ArrayList<>();
  private Optional<DefaultIntention> defaultIntention = Optional.empty();
  private int serviceReports;

  @Override
  public synchronized void servicesChanged(
      Collection<Service> changed, Collection<String> removed) {
    catalog = catalog.with(changed, removed);
    serviceReports++;
  }

  @Override
  public synchronized void documentsChanged(
      RawDocument.Source source, Collection<RawDocument> changed, Collection<DocumentId> removed) {
    var known = documents.computeIfAbsent(source, any -> new HashMap<>());
    removed.forEach(known::remove);
    changed.forEach(document -> known.put(document.id(), document));
  }

  @Override
  public synchronized void defaultIntentionRead(DefaultIntention policy) {
    defaultIntention = Optional.of(policy);
  }

  /** As it was read last. */
  public synchronized Optional<DefaultIntention> defaultIntention() {
    return defaultIntention;
  }

  @Override
  public synchronized void up(String part) {
    up.add(part);
    events.add("up " + part);
  }

  @Override
  public synchronized void down(String part, String reason) {
    up.remove(part);
    events.add("down " + part + ": " + reason);
  }

  public synchronized Catalog catalog() {
    return catalog;
  }

  public synchronized Optional<Service> service(String name) {
    return catalog.service(name);
  }

  /** The only instance of a service, or empty when there is none or more than one. */
  public synchronized Optional<Instance> instance(String service) {
    return catalog
        .service(service)
        .filter(found -> found.instances().size() == 1)
        .map(found -> found.instances().getFirst());
  }

  public synchronized Optional<RawDocument> document(
      RawDocument.Source source, String kind, String name) {
    return Optional.ofNullable(
        documents.getOrDefault(source, Map.of()).get(new DocumentId(kind, name)));
  }

  public synchronized int documentCount() {
    return documents.values().stream().mapToInt(Map::size).sum();
  }

  public synchronized Set<DocumentId> documentIds() {
    Set<DocumentId> ids = new HashSet<>();
    documents.values().forEach(known -> ids.addAll(known.keySet()));
    return ids;
  }

  public synchronized Set<String> partsUp() {
    return Set.copyOf(up);
  }

  /** {@code up PART} and {@code down PART: REASON}, in their order. */
  public synchronized List<String> events() {
    return List.copyOf(events);
  }

  public synchronized int serviceReports() {
    return serviceReports;
  }
}
