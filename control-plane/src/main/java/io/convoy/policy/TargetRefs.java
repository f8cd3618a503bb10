package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import io.convoy.config.v1.CommonProto;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads {@code TargetRefs}. */
final class TargetRefs {
  private static final int MAX_RULE = 100_000;

  private TargetRefs() {}

  /** {@code at}: the list itself, which must not be empty. */
  static ImmutableList<TargetRef> of(List<CommonProto.TargetRef> refs, At at) {
    at.require(!refs.isEmpty(), "nothing", "expected at least one target");
    Set<TargetRef> targets = new LinkedHashSet<>();
    for (int i = 0; i < refs.size(); i++) {
      TargetRef target = of(refs.get(i), at.index(i));
      at.index(i).require(targets.add(target), "a target once more", "expected every target once");
    }
    return ImmutableList.copyOf(targets);
  }

  /** The same for a policy that gateways alone can be the targets of. */
  static ImmutableList<TargetRef.Gateway> gateways(List<CommonProto.TargetRef> refs, At at) {
    for (int i = 0; i < refs.size(); i++) {
      String kind = refs.get(i).getKind();
      at.index(i)
          .field("Kind")
          .require(kind.equals("api-gateway"), Value.quoted(kind), "expected \"api-gateway\"");
    }
    return of(refs, at).stream()
        .map(TargetRef.Gateway.class::cast)
        .collect(ImmutableList.toImmutableList());
  }

  private static TargetRef of(CommonProto.TargetRef ref, At at) {
    String name = at.field("Name").name(ref.getName());
    boolean gateway = ref.getKind().equals("api-gateway");
    boolean route = ref.getKind().equals("http-route");
    at.field("SectionName")
        .require(
            gateway || ref.getSectionName().isEmpty(),
            Value.quoted(ref.getSectionName()),
            "expected it with Kind: api-gateway only");
    at.field("Rule")
        .require(
            route || !ref.hasRule(),
            Integer.toString(ref.getRule()),
            "expected it with Kind: http-route only");
    return switch (ref.getKind()) {
      case "api-gateway" -> new TargetRef.Gateway(name, ref.getSectionName());
      case "service" -> new TargetRef.Service(name);
      case "http-route" ->
          ref.hasRule()
              ? new TargetRef.Rule(name, at.field("Rule").range(ref.getRule(), 0, MAX_RULE))
              : new TargetRef.Route(name);
      default ->
          throw at.field("Kind")
              .refusal(
                  Value.quoted(ref.getKind()), "expected one of api-gateway, service, http-route");
    };
  }
}
