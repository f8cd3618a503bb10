package io.convoy.policy;

import io.convoy.catalog.Instance;
import java.util.function.Predicate;

/**
 * A subset's filter, in the language of Consul's filter expressions. Immutable; filters of the same
 * service with equal text are equal.
 *
 * <p>Like Consul, a comparison with a key of {@code Service.Meta} that an instance does not have is
 * false, and its negation true. Unlike Consul 1.19, that holds for {@code matches}, too.
 */
public final class InstanceFilter {
  /** Matches every instance. */
  public static final InstanceFilter ALL = new InstanceFilter("", "", instance -> true);

  private final String service;
  private final String expression;
  private final Predicate<Instance> predicate;

  private InstanceFilter(String service, String expression, Predicate<Instance> predicate) {
    this.service = service;
    this.expression = expression;
    this.predicate = predicate;
  }

  /** An expression that is not of the language; the message says where and what was expected. */
  public static final class Malformed extends Exception {
    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Parses an expression; one of nothing but blanks matches everything.
   *
   * @param service the service whose instances are filtered; {@code Service.Service} in the
   *     expression
   */
  public static InstanceFilter parse(String service, String expression) throws Malformed {
    return expression.isBlank()
        ? ALL
        : new InstanceFilter(service, expression, FilterParser.parse(service, expression));
  }

  public boolean matches(Instance instance) {
    return predicate.test(instance);
  }

  /** The source; empty where it matches everything. */
  public String expression() {
    return expression;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof InstanceFilter filter
        && service.equals(filter.service)
        && expression.equals(filter.expression);
  }

  @Override
  public int hashCode() {
    return 31 * service.hashCode() + expression.hashCode();
  }

  @Override
  public String toString() {
    return expression;
  }
}
