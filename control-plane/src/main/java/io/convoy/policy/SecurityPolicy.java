package io.convoy.policy;

import com.google.common.collect.ImmutableList;

/** Who may send requests. {@code targets} is never empty. */
public record SecurityPolicy(DocumentId id, ImmutableList<TargetRef> targets) implements Document {}
