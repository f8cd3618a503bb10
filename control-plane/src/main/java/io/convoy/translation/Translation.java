package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import io.convoy.policy.DocumentId;

/**
 * What a node group is to be told.
 *
 * @param resources in no particular order; keys are unique
 * @param unresolved by document, one line for each name in it that stands for nothing (its {@code
 *     ResolvedRefs} is false)
 */
public record Translation(
    ImmutableList<Resource> resources, ImmutableSetMultimap<DocumentId, String> unresolved) {}
