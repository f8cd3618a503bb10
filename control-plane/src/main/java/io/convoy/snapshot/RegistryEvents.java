package io.convoy.snapshot;

import com.google.common.collect.ImmutableList;
import io.convoy.catalog.Leaf;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.registry.RegistryListener;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * Queues for the writer what one of several registries sees.
 *
 * @param rank from 0; of two registries that name the same instance, the lower counts
 */
record RegistryEvents(int rank, Queue<Event> events) implements RegistryListener {

  @Override
  public void servicesChanged(Collection<Service> changed, Collection<String> removed) {
    events.add(
        new Event.Services(
            System.nanoTime(), rank, ImmutableList.copyOf(changed), ImmutableList.copyOf(removed)));
  }

  @Override
  public void documentsChanged(
      RawDocument.Source source, Collection<RawDocument> changed, Collection<DocumentId> removed) {
    events.add(
        new Event.Documents(
            System.nanoTime(),
            source,
            ImmutableList.copyOf(changed),
            ImmutableList.copyOf(removed)));
  }

  @Override
  public void authorityRead(Mesh.Authority authority) {
    events.add(new Event.Authority(authority));
  }

  @Override
  public void rootsRead(List<String> roots) {
    events.add(new Event.Roots(ImmutableList.copyOf(roots)));
  }

  @Override
  public void leafRead(Leaf leaf) {
    events.add(new Event.Certified(leaf));
  }

  @Override
  public void leafMissing(String service, String reason) {
    events.add(new Event.Uncertified(service, reason));
  }

  @Override
  public void defaultIntentionRead(Mesh.DefaultIntention policy) {
    events.add(new Event.DefaultIntention(policy));
  }

  @Override
  public void up(String part) {
    events.add(new Event.Part(part, Optional.empty()));
  }

  @Override
  public void down(String part, String reason) {
    events.add(new Event.Part(part, Optional.of(reason)));
  }
}
