package io.convoy.policy;

import com.google.common.collect.ImmutableList;

/**
 * How a service's traffic is divided: Consul's {@code service-splitter}.
 *
 * @param splits never empty; their weights sum to 10,000
 */
public record ServiceSplitter(DocumentId id, ImmutableList<Split> splits) implements Document {

  /**
   * One share.
   *
   * @param weight in hundredths of a percent, 0 to 10,000
   * @param service never empty: where the document leaves it out, the splitter's own
   * @param subset empty for the service's default one
   */
  public record Split(
      int weight,
      String service,
      String subset,
      HeaderModifier requestHeaders,
      HeaderModifier responseHeaders) {}
}
