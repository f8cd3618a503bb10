package io.convoy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.convoy.policy.DocumentId;
import io.convoy.translation.Resource;
import io.convoy.translation.ResourceKey;
import io.convoy.translation.ResourceType;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import org.junit.jupiter.api.Test;

class ShownNameTest {

  @Test
  void aSlotIsNamedAfterWhatIsInIt() {
    Resource resource =
        Resource.of(
            new ResourceKey(ResourceType.EXTENSIONS, "limit-0/12"),
            TypedExtensionConfig.getDefaultInstance(),
            ImmutableSet.of(
                new DocumentId("security-policy", "b"), new DocumentId("jwt-provider", "a")),
            ImmutableSet.of());
    assertThat(ShownName.of(resource)).isEqualTo("limit-0/12:jwt-provider/a,security-policy/b");
    assertThat(ShownName.own(ResourceType.EXTENSIONS, ShownName.of(resource)))
        .isEqualTo("limit-0/12");
    assertThat(ShownName.own(ResourceType.EXTENSIONS, "limit-0/12")).isEqualTo("limit-0/12");
    assertThat(ShownName.own(ResourceType.CLUSTERS, "a:b")).isEqualTo("a:b");
  }
}
