package io.convoy.translation.http;

import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.convoy.policy.JwtProvider;
import io.envoyproxy.envoy.config.core.v3.BackoffStrategy;
import io.envoyproxy.envoy.config.core.v3.HttpUri;
import io.envoyproxy.envoy.config.core.v3.RetryPolicy;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.JwksAsyncFetch;
import io.envoyproxy.envoy.extensions.filters.http.jwt_authn.v3.RemoteJwks;
import java.time.Duration;

/** How Envoy fetches the keys of a provider. */
public final class KeyServers {
  private static final Duration BASE_INTERVAL = Duration.ofSeconds(1); // Envoy's default

  private KeyServers() {}

  /** The name of the cluster of a provider's key server. */
  public static String cluster(String provider) {
    return "jwks/" + provider;
  }

  /** Ahead of the first request, and again before the keys are too old, so that none waits. */
  static RemoteJwks remote(String provider, JwtProvider.Keys.Remote remote) {
    var result =
        RemoteJwks.newBuilder()
            .setHttpUri(
                HttpUri.newBuilder()
                    .setUri(remote.uri())
                    .setCluster(cluster(provider))
                    .setTimeout(Durations.fromMillis(remote.requestTimeout().toMillis())))
            .setAsyncFetch(
                JwksAsyncFetch.newBuilder().setFastListener(remote.fetchAsynchronously()));
    remote.cacheDuration().ifPresent(time -> result.setCacheDuration(duration(time)));
    remote.retries().ifPresent(retries -> result.setRetryPolicy(retries(retries)));
    return result.build();
  }

  private static RetryPolicy retries(JwtProvider.Retries retries) {
    var result = RetryPolicy.newBuilder();
    retries.attempts().ifPresent(most -> result.setNumRetries(UInt32Value.of(most)));
    if (retries.baseInterval().isPresent() || retries.maxInterval().isPresent()) {
      var backOff =
          BackoffStrategy.newBuilder()
              .setBaseInterval(duration(retries.baseInterval().orElse(BASE_INTERVAL)));
      retries.maxInterval().ifPresent(most -> backOff.setMaxInterval(duration(most)));
      result.setRetryBackOff(backOff);
    }
    return result.build();
  }

  private static com.google.protobuf.Duration duration(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
