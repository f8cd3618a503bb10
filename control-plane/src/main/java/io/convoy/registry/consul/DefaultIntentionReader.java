package io.convoy.registry.consul;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.convoy.catalog.Mesh.DefaultIntention;
import io.convoy.registry.RegistryListener;
import io.convoy.registry.consul.ConsulFault.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the agent does with a call that no intention is about: its {@code default_intention_policy},
 * else the default of its ACLs. Consul tells it among the agent's configuration, which changes when
 * the agent starts; there is no waiting for that.
 *
 * <p>An answer that does not say it is taken for a denial, and so is a refusal: only while there is
 * no answer does the last one stand.
 */
final class DefaultIntentionReader implements Runnable {
  static final String QUERY = "agent-self";

  private static final Logger log = LoggerFactory.getLogger(DefaultIntentionReader.class);
  private static final JsonMapper MAPPER = new JsonMapper();

  private static final Query<Optional<DefaultIntention>> SELF =
      Query.withoutIndex(QUERY, "agent/self", DefaultIntentionReader::parse);

  private final ConsulRegistry.Context context;
  private final PartStatus status;
  private final RegistryListener listener;
  private final Duration interval;
  private final Backoff backoff;
  private String told = "";

  /** {@code interval}: how often the agent is asked. */
  DefaultIntentionReader(
      ConsulRegistry.Context context,
      PartStatus status,
      RegistryListener listener,
      Duration interval) {
    this.context = context;
    this.status = status;
    this.listener = listener;
    this.interval = interval;
    this.backoff = context.newBackoff();
  }

  @Override
  public void run() {
    while (!context.lifetime().isOver()) {
      context.lifetime().sleep(read() ? interval : backoff.next());
    }
  }

  /** Whether there was an answer. */
  private boolean read() {
    try {
      Optional<DefaultIntention> policy = context.http().get(SELF).body();
      if (policy.isEmpty()) {
        tell("the agent does not say what holds where no intention does");
      } else {
        told = "";
      }
      answered(policy.orElse(DefaultIntention.DENY));
      return true;
    } catch (ConsulFault fault) {
      if (context.lifetime().isOver()) {
        return true;
      }
      if (fault.reason() == Reason.FORBIDDEN) {
        tell(fault.getMessage() + " with agent_prefix \"\" { policy = \"read\" }");
        answered(DefaultIntention.DENY);
        return true;
      }
      status.failed(QUERY, fault.getMessage());
      return false;
    }
  }

  private void answered(DefaultIntention policy) {
    backoff.reset();
    listener.defaultIntentionRead(policy);
    status.answered(QUERY);
  }

  private void tell(String why) {
    if (!why.equals(told)) {
      log.warn("Nobody may call a service that no intention lets them: {}", why);
      told = why;
    }
  }

  private static Optional<DefaultIntention> parse(InputStream body) throws IOException {
    JsonNode config = MAPPER.readTree(body).path("DebugConfig");
    String own = config.path("DefaultIntentionPolicy").asText("");
    String acl = config.path("ACLResolverSettings").path("ACLDefaultPolicy").asText("");
    return switch (own.isEmpty() ? acl : own) {
      case "allow" -> Optional.of(DefaultIntention.ALLOW);
      case "deny" -> Optional.of(DefaultIntention.DENY);
      default -> Optional.empty();
    };
  }
}
