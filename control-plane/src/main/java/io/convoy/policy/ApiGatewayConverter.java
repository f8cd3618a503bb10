package io.convoy.policy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.convoy.config.v1.ApiGatewayProto;
import io.convoy.policy.ApiGateway.Listener;
import io.convoy.policy.ApiGateway.Protocol;
import java.util.HashMap;
import java.util.HashSet;

/** {@code api-gateway}. */
final class ApiGatewayConverter {
  private static final ImmutableMap<String, Protocol> PROTOCOLS =
      ImmutableMap.of("http", Protocol.HTTP, "tcp", Protocol.TCP);
  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

  private ApiGatewayConverter() {}

  static Document convert(DocumentId id, ApiGatewayProto.ApiGateway message, At at) {
    At listenersAt = at.field("Listeners");
    listenersAt.require(
        message.getListenersCount() > 0, "nothing", "expected at least one listener");
    var names = new HashSet<String>();
    var ports = new HashMap<Integer, String>();
    var listeners = ImmutableList.<Listener>builder();
    for (int i = 0; i < message.getListenersCount(); i++) {
      At here = listenersAt.index(i);
      Listener listener = listener(message.getListeners(i), here);
      here.field("Name")
          .require(
              names.add(listener.name()),
              Value.quoted(listener.name()),
              "expected every name once in a gateway");
      String other = ports.putIfAbsent(listener.port(), listener.name());
      here.field("Port")
          .require(
              other == null,
              listener.port() + ", which is the listener " + other + "'s",
              "expected every port once in a gateway");
      if (message.getListeners(i).getTls().getCertificatesCount() > 0) {
        // What should be encrypted must not be served in the clear.
        here.field("TLS")
            .warn("leaves the listener out: Convoy does not terminate TLS at the edge yet");
      } else {
        listeners.add(listener);
      }
    }
    return new ApiGateway(id, listeners.build());
  }

  private static Listener listener(ApiGatewayProto.ApiGateway.Listener listener, At at) {
    String name = listener.getName();
    at.field("Name")
        .require(
            name.length() <= 253 && name.matches(LABEL + "([.]" + LABEL + ")*"),
            Value.quoted(name),
            "expected lower-case letters, digits, inner dashes and dots");
    at.field("Port").range(listener.getPort(), 1, 65535);
    Protocol protocol = at.field("Protocol").oneOfAnyCase(PROTOCOLS, listener.getProtocol());
    At hostAt = at.field("Hostname");
    String hostname = listener.getHostname();
    hostAt.require(
        hostname.isEmpty() || protocol == Protocol.HTTP,
        Value.quoted(hostname),
        "expected none with the protocol tcp");
    boolean every = hostname.isEmpty() || hostname.equals("*");
    return new Listener(
        name, listener.getPort(), every ? "" : HttpChecks.hostname(hostAt, hostname), protocol);
  }
}
