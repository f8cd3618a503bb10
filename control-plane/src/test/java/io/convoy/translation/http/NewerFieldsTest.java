package io.convoy.translation.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.convoy.translation.ResourceJson;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuthPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NewerFieldsTest {

  @ParameterizedTest
  @EnumSource
  void theLibraryDoesNotHaveTheField(NewerFields field) {
    assertThat(field.message().findFieldByName(field.label())).isNull();
  }

  @Test
  void jsonHasTheirNames() {
    var descriptor = LocalRateLimitDescriptor.newBuilder();
    NewerFields.SHADOW_MODE.set(descriptor, 1);
    var actions = RateLimit.newBuilder();
    NewerFields.X_RATELIMIT_OPTION.set(actions, 1);
    var filter = LocalRateLimit.newBuilder().addDescriptors(descriptor).addRateLimits(actions);
    NewerFields.ENABLE_RETRY_AFTER_HEADER.set(filter, 1);
    assertThat(ResourceJson.print(Any.pack(filter.build())))
        .contains(
            "\"enable_retry_after_header\": true",
            "\"shadow_mode\": true",
            "\"x_ratelimit_option\": 1");
    var keys = ApiKeyAuthPerRoute.newBuilder();
    NewerFields.FORWARDING.setHeader(keys, "x-client");
    assertThat(ResourceJson.print(Any.pack(keys.build())).replaceAll("\\s", ""))
        .contains("\"forwarding\":{\"header\":\"x-client\"}");
  }
}
