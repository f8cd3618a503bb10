package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.policy.HeaderModifier;
import io.convoy.policy.ServiceSplitter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Follows a service's splitters and resolvers to the clusters that its requests go to, in the order
 * of Consul's discovery chain (router, splitter, resolver; the router is {@link RouteCompiler}'s).
 *
 * <p>As in Consul, a split to another service goes through that one's splitter unless it names a
 * subset, and a redirect goes past it.
 */
final class DiscoveryChain {
  private static final int MAX_DEPTH = 16;

  /** Splits in splits multiply; nobody means so many. */
  private static final int MAX_SHARES = 500;

  private final ClusterPlanner planner;
  private final ChainDocuments documents;
  private final Problems problems;

  DiscoveryChain(String caller, ChainDocuments documents, Problems problems) {
    this.planner = new ClusterPlanner(caller, documents, problems);
    this.documents = documents;
    this.problems = problems;
  }

  /** Where requests for a target that a document names go; empty when that cannot be known. */
  ImmutableList<Share> follow(Target target, DocumentId namedBy) {
    var walk = new Walk();
    var whole = new Branch(Fraction.ONE, ImmutableList.of(), namedBy);
    if (target.subset().isEmpty()) {
      walk.split(target.service(), whole);
    } else {
      walk.resolve(target, whole);
    }
    return ImmutableList.copyOf(walk.shares);
  }

  static ImmutableList<Share.Headers> with(
      ImmutableList<Share.Headers> headers, HeaderModifier request, HeaderModifier response) {
    var added = new Share.Headers(request, response);
    return added.isEmpty()
        ? headers
        : ImmutableList.<Share.Headers>builder().addAll(headers).add(added).build();
  }

  /** A part of the traffic on its way; {@code namedBy} names where it goes next. */
  private record Branch(Fraction weight, ImmutableList<Share.Headers> headers, DocumentId namedBy) {

    Branch of(ServiceSplitter splitter, ServiceSplitter.Split split) {
      return new Branch(
          weight.times(Fraction.of(split.weight(), 10_000)),
          with(headers, split.requestHeaders(), split.responseHeaders()),
          splitter.id());
    }
  }

  private final class Walk {
    final List<Share> shares = new ArrayList<>();
    private final Deque<String> path = new ArrayDeque<>();

    void split(String service, Branch branch) {
      Optional<ServiceSplitter> splitter = documents.splitter(service);
      if (splitter.isEmpty()) {
        resolve(new Target(service, ""), branch);
      } else if (path.contains(service) || path.size() >= MAX_DEPTH) {
        problems.add(
            splitter.get().id(),
            "splits in a circle: %s -> %s".formatted(String.join(" -> ", path), service));
      } else {
        path.addLast(service);
        splits(splitter.get(), branch);
        path.removeLast();
      }
    }

    private void splits(ServiceSplitter splitter, Branch branch) {
      for (ServiceSplitter.Split split : splitter.splits()) {
        if (split.weight() == 0) {
          continue;
        }
        Branch part = branch.of(splitter, split);
        if (split.subset().isEmpty() && !split.service().equals(splitter.id().name())) {
          split(split.service(), part);
        } else {
          resolve(new Target(split.service(), split.subset()), part);
        }
      }
    }

    private ImmutableSet<String> services(Target asked, ClusterPlan plan) {
      return ImmutableSet.<String>builder()
          .addAll(path)
          .add(asked.service())
          .add(plan.target().service())
          .build();
    }

    void resolve(Target target, Branch branch) {
      if (shares.size() >= MAX_SHARES) {
        problems.add(branch.namedBy, "splits into more than " + MAX_SHARES + " shares");
        return;
      }
      planner
          .plan(target, branch.namedBy)
          .ifPresent(planned ->
              shares.add(
                  new Share(
                      planned.plan(),
                      branch.weight,
                      branch.headers,
                      planned.namedBy(),
                      services(target, planned.plan()))));
    }
  }
}
