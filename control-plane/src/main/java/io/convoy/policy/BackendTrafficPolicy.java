package io.convoy.policy;

import com.google.common.collect.ImmutableList;

/** How requests go to services. {@code targets} is never empty. */
public record BackendTrafficPolicy(DocumentId id, ImmutableList<TargetRef> targets)
    implements Document {}
