package io.convoy.bench.stage;

import io.convoy.cli.local.ConsulApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Services {@code many-00000} and so on in Consul's catalog, each with instances on different nodes
 * and one check an instance; written in transactions, as a fleet of agents would in sum. Not
 * thread-safe.
 */
public final class ManyServices {
  /** What a transaction of an older Consul takes; 1.19 takes 128. */
  private static final int OPERATIONS = 64;

  private static final int NODES = 200;
  private static final int PORT = 8000;

  private final ConsulApi consul;
  private final boolean mesh;
  private final List<String> operations = new ArrayList<>();

  public ManyServices(ConsulApi consul) {
    this(consul, false);
  }

  /** {@code mesh}: whether Consul's own mesh counts them as its own, without proxies. */
  public ManyServices(ConsulApi consul, boolean mesh) {
    this.consul = consul;
    this.mesh = mesh;
  }

  public static String name(int service) {
    return String.format(Locale.ROOT, "many-%05d", service);
  }

  /** Registers all; returns when Consul has them. */
  public void register(int services, int instances) {
    for (int node = 0; node < NODES; node++) {
      add(
          """
          {"Node": {"Verb": "set", "Node":
            {"Node": "node-%d", "Address": "10.1.0.%d", "Meta": {"zone": "z%d"}}}}\
          """
              .formatted(node, node, node % 3));
    }
    flush();
    for (int service = 0; service < services; service++) {
      for (int instance = 0; instance < instances; instance++) {
        addInstance(service, instance, PORT);
        addCheck(service, instance, "passing");
      }
    }
    flush();
  }

  /** Registers an instance without a check, or changes its port. */
  public void put(int service, int instance, int port) {
    addInstance(service, instance, port);
    flush();
  }

  /** Sets the state of an instance's check: {@code passing} or {@code critical}. */
  public void check(int service, int instance, String status) {
    addCheck(service, instance, status);
    flush();
  }

  private void addInstance(int service, int instance, int port) {
    String name = name(service);
    String definition =
        """
        {"ID": "%s-%d", "Service": "%s", "Address": "10.2.%d.%d", "Port": %d,
         "Tags": ["v1", "http"], "Meta": {"version": "1.2.3", "convoy-path": "/%s/"},
         "Connect": {"Native": %s}}\
        """
            .formatted(name, instance, name, service % 250, instance, port, name, mesh);
    String node = node(service, instance);
    if (mesh) {
      // A transaction leaves out what it says of the mesh.
      consul.put(
          "/v1/catalog/register",
          """
          {"Node": "%s", "SkipNodeUpdate": true, "Service": %s}\
          """
              .formatted(node, definition));
    } else {
      add(
          """
          {"Service": {"Verb": "set", "Node": "%s", "Service": %s}}\
          """
              .formatted(node, definition));
    }
  }

  private void addCheck(int service, int instance, String status) {
    String name = name(service);
    add(
        """
        {"Check": {"Verb": "set", "Check": {"Node": "%s", "CheckID": "service:%s-%d",
          "Name": "http", "Status": "%s", "ServiceID": "%s-%d",
          "Output": "HTTP GET http://127.0.0.1:8000/health: 200 OK Output: fine"}}}\
        """
            .formatted(node(service, instance), name, instance, status, name, instance));
  }

  private static String node(int service, int instance) {
    return "node-" + (service * 3 + instance) % NODES;
  }

  private void add(String operation) {
    operations.add(operation);
    if (operations.size() == OPERATIONS) {
      flush();
    }
  }

  private void flush() {
    if (!operations.isEmpty()) {
      String body = "[" + String.join(",", operations) + "]";
      operations.clear();
      consul.put("/v1/txn", body);
    }
  }
}
