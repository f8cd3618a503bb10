package io.convoy.e2e;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A gRPC service that says that it is healthy and, in a header, which instance it is. */
final class GrpcBackend implements AutoCloseable {
  static final Metadata.Key<String> INSTANCE =
      Metadata.Key.of("x-instance", Metadata.ASCII_STRING_MARSHALLER);

  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;

  GrpcBackend(String name) {
    try {
      server =
          Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
              .addService(health.getHealthService())
              .intercept(new Naming(name))
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Who watches its health hears of this. */
  void serving(boolean serving) {
    health.setStatus(
        HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
        serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private record Naming(String name) implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata request, ServerCallHandler<Q, A> next) {
      var named =
          new SimpleForwardingServerCall<Q, A>(call) {
            @Override
            public void sendHeaders(Metadata response) {
              response.put(INSTANCE, name);
              super.sendHeaders(response);
            }
          };
      return next.startCall(named, request);
    }
  }
}
