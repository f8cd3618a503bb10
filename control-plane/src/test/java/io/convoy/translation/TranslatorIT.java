package io.convoy.translation;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.fixture.EnvoyFixture;
import io.convoy.policy.Policies;
import io.convoy.translation.NodeGroup.Role;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TranslatorIT {

  @Test
  void metaAloneRoutesAService() {
    var user =
        Catalogs.service(
            "user",
            Catalogs.instance("user-1", "127.0.0.1", 9001, Map.of("convoy-path", "/user/")));
    var translation =
        new Translator(new NodeGroup(Role.GATEWAY, "gateway", 0))
            .translate(Catalogs.of(user), Policies.EMPTY);
    assertThat(translation.unresolved().asMap()).isEmpty();
    String bootstrap = StaticBootstrap.of(translation);
    var validation = EnvoyFixture.validate(bootstrap);
    assertThat(validation.accepted()).as(validation.output()).isTrue();
  }
}
