package io.convoy.admin;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Service;
import io.convoy.policy.Condition;
import java.util.Optional;

/** The shapes of the admin endpoint's JSON. Fields are a contract; absent ones are left out. */
final class Views {
  private Views() {}

  /**
   * {@code /readyz}.
   *
   * @param stale whether anything served is older than its source may be
   * @param servedFromDiskOf when what is served was saved, while it comes from disk
   */
  record Readiness(
      boolean ready,
      boolean stale,
      Optional<String> reason,
      Optional<String> servedFromDiskOf,
      Optional<HoldView> hold,
      ImmutableSortedMap<String, Part> parts) {}

  /** A mass disappearance that is not obeyed. */
  record HoldView(String since, int instances) {}

  /**
   * One part of a registry.
   *
   * @param staleSeconds how long it has been out of reach
   */
  record Part(
      boolean answered, Optional<String> problem, String since, Optional<Double> staleSeconds) {}

  /**
   * One service of {@code /catalog}.
   *
   * @param problems with the hints in its meta and tags
   */
  record ServiceView(
      String name,
      int routable,
      ImmutableList<String> problems,
      ImmutableList<InstanceView> instances) {
    static ServiceView of(Service service, Iterable<String> problems) {
      return new ServiceView(
          service.name(),
          (int) service.instances().stream().filter(i -> i.health().routable()).count(),
          ImmutableList.copyOf(problems),
          service.instances().stream()
              .map(InstanceView::of)
              .collect(ImmutableList.toImmutableList()));
    }
  }

  /** One instance of {@code /catalog}. */
  record InstanceView(
      String node,
      String id,
      String address,
      int port,
      String health,
      int weight,
      String region,
      String zone,
      ImmutableList<String> tags,
      ImmutableMap<String, String> meta,
      long createIndex) {
    static InstanceView of(Instance instance) {
      return new InstanceView(
          instance.node(),
          instance.id(),
          instance.address(),
          instance.port(),
          instance.health().name().toLowerCase(java.util.Locale.ROOT),
          instance.weight(),
          instance.locality().region(),
          instance.locality().zone(),
          instance.tags().asList(),
          ImmutableMap.copyOf(instance.meta()),
          instance.createIndex());
    }
  }

  /** One condition; {@code status} is {@code True} or {@code False}. */
  record ConditionView(String type, String status, String reason, String message) {
    static ConditionView of(Condition condition) {
      return new ConditionView(
          condition.type().label(),
          condition.status() ? "True" : "False",
          condition.reason().code(),
          condition.message());
    }
  }

  /**
   * One document of {@code /policies}; {@code document} is given by the document's own path only.
   */
  record PolicyView(
      String kind,
      String name,
      String source,
      String location,
      long modifyIndex,
      ImmutableList<ConditionView> conditions,
      ImmutableList<String> warnings,
      ProgrammedView programmed,
      Optional<Object> document) {}

  /**
   * How many Envoys have acknowledged everything that a document shapes, of those that it concerns.
   */
  record ProgrammedView(int acked, int total) {}

  /** One Envoy of {@code /nodes}. */
  record NodeView(
      String id,
      String group,
      String protocol,
      String connectedSince,
      ImmutableMap<String, TypeView> types) {}

  /**
   * What one Envoy knows of one type. Versions are those of the last response that was sent,
   * acknowledged or refused.
   *
   * @param subscribed names, unless they were not asked for; {@code *} stands for everything
   * @param resources how many it has acknowledged and holds
   * @param pendingSeconds how long the last response has been waiting for its answer
   * @param waiting names that are held back until what they need is acknowledged
   */
  record TypeView(
      Optional<ImmutableList<String>> subscribed,
      int resources,
      Optional<String> sent,
      Optional<String> acked,
      Optional<String> nacked,
      Optional<String> error,
      Optional<Double> pendingSeconds,
      ImmutableList<String> waiting) {}
}
