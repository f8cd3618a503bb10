package io.convoy.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a stream have only what its certificate is for. Without rules everyone may have everything.
 * Thread-safe.
 */
final class Gatekeeper {
  private static final Logger log = LoggerFactory.getLogger(Gatekeeper.class);

  /** Whether a call's client may be the node that it says it is. */
  interface Caller {
    /** OK, or why not. */
    Status permits(Node node);
  }

  private final Optional<ClientCertificates> rules;
  private final Metrics metrics;
  private final RefusedNodes refused;

  Gatekeeper(Optional<ClientCertificates> rules, Metrics metrics, Timer timer) {
    this.rules = rules;
    this.metrics = metrics;
    this.refused = new RefusedNodes(timer);
  }

  /** The client of a call. */
  Caller caller(ServerCall<?, ?> call) {
    return rules.<Caller>map(r -> node -> permits(r, call, node)).orElse(_ -> Status.OK);
  }

  /**
   * Throws IllegalArgumentException, as {@link NodeIdentity#of} does. A node that says nothing says
   * nothing else than the one before it on the stream.
   */
  private Status permits(ClientCertificates certificates, ServerCall<?, ?> call, Node node) {
    if (node.equals(Node.getDefaultInstance())) {
      return Status.OK;
    }
    NodeIdentity asked = NodeIdentity.of(node);
    Optional<ClientIdentity> identity = identity(call);
    if (identity.isEmpty()) {
      metrics.refused("identity");
      return Status.UNAUTHENTICATED.withDescription(
          "the stream has no certificate of a client that is valid now");
    }
    if (certificates.permits(identity.get(), asked.group())) {
      return Status.OK;
    }
    metrics.refused("identity");
    String shown = RefusedNodes.shown(identity.get().shown());
    String group = RefusedNodes.shown(asked.group().toString());
    if (refused.isNew(asked.id() + ' ' + group + ' ' + shown)) {
      log.warn(
          "{} asks for {} with the certificate of {}, and gets nothing",
          RefusedNodes.shown(asked.id()),
          group,
          shown);
    }
    return Status.PERMISSION_DENIED.withDescription(
        "the certificate of " + shown + " is not for " + group + "; " + next(asked));
  }

  private static String next(NodeIdentity asked) {
    String cluster = RefusedNodes.shown(asked.group().cluster());
    return switch (asked.group().role()) {
      case GATEWAY ->
          "a gateway needs a certificate for its node.cluster, and its name in --xds-gateways";
      case SIDECAR, GRPC -> "node.cluster " + cluster + " needs a certificate for " + cluster;
    };
  }

  private static Optional<ClientIdentity> identity(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    try {
      if (session != null
          && session.getPeerCertificates()[0] instanceof X509Certificate certificate) {
        // A connection may outlive its certificate, and a resumed session is not verified anew.
        certificate.checkValidity();
        return Optional.of(ClientIdentity.of(certificate));
      }
    } catch (SSLPeerUnverifiedException
        | CertificateExpiredException
        | CertificateNotYetValidException e) {
      // As good as none.
    }
    return Optional.empty();
  }

  /** Lets only those pass who may act for any service: what is asked for concerns all nodes. */
  ServerInterceptor forAnyService() {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (rules.isEmpty() || identity(call).filter(rules.get()::actsForAny).isPresent()) {
          return next.startCall(call, headers);
        }
        metrics.refused("identity");
        call.close(
            Status.PERMISSION_DENIED.withDescription(
                "the status of all clients is for certificates in --xds-any-identity only"),
            new Metadata());
        return new ServerCall.Listener<>() {};
      }
    };
  }
}
