package io.convoy.registry.consul;

import io.convoy.fixture.ConsulFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Services {@code many-0}, {@code many-1} and so on, each with instances on different nodes and one
 * check an instance; written in transactions, as a fleet of agents would in sum.
 */
final class ManyServices {
  private static final int OPERATIONS = 64;
  private static final MediaType JSON = MediaType.get("application/json");

  private final ConsulFixture consul;
  private final int nodes;
  private final OkHttpClient client = new OkHttpClient();
  private final List<String> operations = new ArrayList<>();

  ManyServices(ConsulFixture consul, int nodes) {
    this.consul = consul;
    this.nodes = nodes;
  }

  static String name(int service) {
    return "many-" + service;
  }

  void register(int services, int instances) {
    for (int node = 0; node < nodes; node++) {
      add(
          """
          {"Node": {"Verb": "set", "Node":
            {"Node": "node-%d", "Address": "10.1.%d.%d", "Meta": {"zone": "z%d"}}}}\
          """
              .formatted(node, node / 250, node % 250, node % 3));
    }
    for (int service = 0; service < services; service++) {
      for (int instance = 0; instance < instances; instance++) {
        put(service, instance, 8000);
        check(service, instance, "passing");
      }
    }
    flush();
  }

  /** Adds an instance without a check, or changes its port. */
  void put(int service, int instance, int port) {
    add(
        """
        {"Service": {"Verb": "set", "Node": "node-%d", "Service":
          {"ID": "%s-%d", "Service": "%s", "Address": "10.2.%d.%d", "Port": %d,
           "Tags": ["v1", "http"], "Meta": {"version": "1.2.3", "convoy-path": "/%s/"}}}}\
        """
            .formatted(
                node(service, instance),
                name(service),
                instance,
                name(service),
                service % 250,
                instance,
                port,
                name(service)));
  }

  void check(int service, int instance, String status) {
    add(
        """
        {"Check": {"Verb": "set", "Check": {"Node": "node-%d", "CheckID": "service:%s-%d",
          "Name": "http", "Status": "%s", "ServiceID": "%s-%d",
          "Output": "HTTP GET http://127.0.0.1:8000/health: 200 OK Output: fine"}}}\
        """
            .formatted(
                node(service, instance), name(service), instance, status, name(service), instance));
  }

  private int node(int service, int instance) {
    return (service * 3 + instance) % nodes;
  }

  private void add(String operation) {
    operations.add(operation);
    if (operations.size() == OPERATIONS) {
      flush();
    }
  }

  void flush() {
    if (operations.isEmpty()) {
      return;
    }
    String body = "[" + String.join(",", operations) + "]";
    operations.clear();
    Request request =
        new Request.Builder()
            .url(consul.url() + "/v1/txn")
            .put(RequestBody.create(body, JSON))
            .build();
    try (Response response = client.newCall(request).execute()) {
      if (response.code() != 200) {
        throw new IllegalStateException(response.code() + ": " + response.body().string());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves no connection behind, so that what is counted later is Convoy's. */
  void disconnect() {
    client.connectionPool().evictAll();
  }
}
