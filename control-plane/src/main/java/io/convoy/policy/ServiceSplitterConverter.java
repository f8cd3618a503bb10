package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import io.convoy.config.v1.ServiceSplitterProto;
import io.convoy.config.v1.ServiceSplitterProto.ServiceSplit;
import io.convoy.policy.ServiceSplitter.Split;
import java.math.BigDecimal;
import java.util.HashSet;

/** {@code service-splitter}. */
final class ServiceSplitterConverter {
  private static final int WHOLE = 10_000;

  private ServiceSplitterConverter() {}

  static Document convert(DocumentId id, ServiceSplitterProto.ServiceSplitter message, At at) {
    At splitsAt = at.field("Splits");
    splitsAt.require(message.getSplitsCount() > 0, "nothing", "expected at least one split");
    var splits = ImmutableList.<Split>builder();
    var targets = new HashSet<String>();
    int sum = 0;
    for (int i = 0; i < message.getSplitsCount(); i++) {
      Split split = split(id, message.getSplits(i), splitsAt.index(i));
      splitsAt
          .index(i)
          .require(
              targets.add(split.service() + "/" + split.subset()),
              "the service " + split.service() + " with the subset " + Value.quoted(split.subset()),
              "expected each once");
      sum += split.weight();
      splits.add(split);
    }
    splitsAt.require(sum == WHOLE, "weights that sum to " + percent(sum), "expected a sum of 100");
    return new ServiceSplitter(id, splits.build());
  }

  private static Split split(DocumentId id, ServiceSplit split, At at) {
    double weight = split.getWeight();
    at.field("Weight")
        .require(
            weight >= 0 && weight <= 100,
            Double.toString(weight),
            "expected a number from 0 to 100");
    return new Split(
        (int) Math.round(weight * 100),
        at.field("Service").name(Optionals.or(split.getService(), id.name())),
        split.getServiceSubset(),
        HttpChecks.headers(at.field("RequestHeaders"), split.getRequestHeaders()),
        HttpChecks.headers(at.field("ResponseHeaders"), split.getResponseHeaders()));
  }

  private static String percent(int hundredths) {
    return BigDecimal.valueOf(hundredths, 2).stripTrailingZeros().toPlainString();
  }
}
