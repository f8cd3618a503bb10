package io.convoy.xds;

import io.convoy.translation.Resource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The last responses of one type and what the client said to them, for people. */
final class Answers {
  private @Nullable String sent;
  private @Nullable String acked;
  private @Nullable String nacked;
  private @Nullable String error;

  void sent(String version) {
    sent = version;
  }

  void acked(String version) {
    acked = version;
    error = null;
  }

  void nacked(String version, String words) {
    nacked = version;
    error = words;
  }

  /** {@code snapshot}: the present resources of the type. */
  TypeStatus status(Subscription subscription, Map<String, Resource> snapshot, long now) {
    String refusal = error != null ? error : subscription.rejections().current(snapshot);
    return new TypeStatus(
        subscription.interest().shown(),
        subscription.held().all().size(),
        Optional.ofNullable(sent),
        Optional.ofNullable(acked),
        Optional.ofNullable(nacked),
        Optional.ofNullable(refusal),
        Optional.ofNullable(subscription.inFlight()).map(s -> Duration.ofNanos(now - s.sentAt())),
        subscription.waiting().shown());
  }
}
