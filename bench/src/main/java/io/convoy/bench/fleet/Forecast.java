package io.convoy.bench.fleet;

import io.convoy.bench.workload.Workload;
import io.convoy.catalog.Catalog;
import io.convoy.policy.Policies;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.Translator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a workload and its changes come to, by the same translation as the server's. The changes
 * must not add or remove resources. Confined to one thread.
 */
public final class Forecast {
  private final Workload workload;
  private final Translator translator = new Translator(Workload.GROUP);
  private final Map<ResourceKey, Resource> resources = new HashMap<>();
  private final Expectation expectation;
  private Catalog catalog;

  public Forecast(Workload workload) {
    this.workload = workload;
    this.catalog = workload.catalog();
    translator.translate(catalog, Policies.EMPTY).resources().forEach(this::differs);
    this.expectation = new Expectation(resources.values());
  }

  public Expectation expectation() {
    return expectation;
  }

  /** Expects what the change comes to; returns the numbers of the resources that differ. */
  public int[] change(int number) {
    return expect(changed(number));
  }

  /** What the change comes to: the resources that differ. They are not expected yet. */
  public List<Resource> changed(int number) {
    Workload.Change change = workload.change(number);
    catalog = catalog.with(change.services(), change.removed());
    return translator.translate(catalog, Policies.EMPTY).resources().stream()
        .filter(this::differs)
        .toList();
  }

  /** Expects these from now on; returns their numbers. */
  public int[] expect(List<Resource> changed) {
    return changed.stream().mapToInt(expectation::update).toArray();
  }

  /** Everything, as the last change left it. */
  public List<Resource> resources() {
    return List.copyOf(resources.values());
  }

  private boolean differs(Resource resource) {
    Resource before = resources.put(resource.key(), resource);
    return before == null || !before.version().equals(resource.version());
  }
}
