package io.convoy.cli;

import com.google.common.base.Throwables;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Mesh;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import io.convoy.registry.RegistryListener;
import io.convoy.registry.consul.ConsulRegistry;
import io.convoy.registry.consul.ConsulSettings;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What Consul holds now, read as {@code serve} reads it. */
record ConsulState(Catalog catalog, PolicyStore documents, Mesh mesh) {
  private static final int LIMIT_SECONDS = 60;

  /**
   * Throws {@link FailedException} in Consul's words when any part of it cannot be read.
   *
   * @param mutualTls whether members of the mesh are to prove who they are; no certificate is read
   */
  static ConsulState read(ConsulSettings settings, boolean mutualTls) {
    var registry = new ConsulRegistry(settings, new CompositeMeterRegistry(), mutualTls);
    var listener = new Listener(Set.copyOf(registry.parts()), mutualTls ? Mesh.UNKNOWN : Mesh.NONE);
    try (registry) {
      registry.start(listener);
      listener.complete.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new FailedException(String.valueOf(Throwables.getRootCause(e).getMessage()));
    } catch (TimeoutException e) {
      throw new FailedException(
          settings.addresses().getFirst() + ": no full answer within " + LIMIT_SECONDS + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted while reading from Consul");
    }
    return new ConsulState(listener.catalog, listener.documents, listener.mesh);
  }

  /** Gathers until every part has answered; the registry is closed before anything is read. */
  private static final class Listener implements RegistryListener {
    private final Set<String> awaited;
    private final CompletableFuture<Boolean> complete = new CompletableFuture<>();
    private final PolicyStore documents = new PolicyStore();
    private Catalog catalog = Catalog.EMPTY;
    private Mesh mesh;

    Listener(Set<String> parts, Mesh mesh) {
      this.awaited = new HashSet<>(parts);
      this.mesh = mesh;
    }

    @Override
    public synchronized void servicesChanged(
        Collection<Service> changed, Collection<String> removed) {
      catalog = catalog.with(changed, removed);
    }

    @Override
    public synchronized void documentsChanged(
        RawDocument.Source source, Collection<RawDocument> changed, Collection<DocumentId> gone) {
      documents.apply(source, changed, gone);
    }

    @Override
    public synchronized void authorityRead(Mesh.Authority authority) {
      mesh = mesh.with(authority);
    }

    @Override
    public synchronized void defaultIntentionRead(Mesh.DefaultIntention policy) {
      mesh = mesh.with(policy);
    }

    @Override
    public synchronized void up(String part) {
      awaited.remove(part);
      if (awaited.isEmpty()) {
        complete.complete(true);
      }
    }

    @Override
    public void down(String part, String reason) {
      complete.completeExceptionally(new FailedException(reason));
    }
  }
}
