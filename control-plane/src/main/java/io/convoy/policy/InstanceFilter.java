package io.convoy.policy;

import io.convoy.catalog.Instance;

/**
 * A subset's filter, in the language of Consul's filter expressions. Two filters of equal text are
 * equal.
 *
 * @param expression the source; empty matches everything
 */
public record InstanceFilter(String expression) {
  public static final InstanceFilter ALL = new InstanceFilter("");

  public boolean matches(Instance instance) {
    return expression.isEmpty(); // replaced by the parser of expressions
  }
}
