package io.convoy.translation;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Maps;
import io.convoy.policy.ClientTrafficPolicy;
import io.convoy.policy.DocumentId;
import io.convoy.policy.JwtProvider;
import io.convoy.policy.ServiceDefaults;
import io.convoy.translation.http.Lanes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * A sidecar's listeners and route configurations: how its service calls others, and how what
 * arrives reaches its application. Confined to one thread.
 *
 * <p>A service's policies act at the last Envoy on the way to it: its own sidecar, or else the
 * gateway or the sidecar that calls it.
 */
final class SidecarRoutes {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String OUTBOUND = "outbound";

  /** The names that Consul's DNS has for a service. */
  private static final ImmutableList<String> SUFFIXES =
      ImmutableList.of(".service.consul", ".virtual.consul");

  private static final ClientTrafficPolicy.Settings CLIENTS =
      ClientTraffic.of(
              "", new GatewayLayout.Port(0, ImmutableList.of()), Documents.NONE, new Problems())
          .settings();

  private final String service;
  private final GatewayPolicies policies;
  private final Compilations compilations = new Compilations();
  private final Memo<String, RouteTable, Resource> tables = new Memo<>();
  private final Memo<String, GatewayListener.Input, Resource> listeners = new Memo<>();
  private final Memo<String, TcpListener.Input, Resource> tcpListeners = new Memo<>();
  private final Memo<String, LocalApplication, Resource> applications = new Memo<>();
  private final Memo<String, Intentions, ImmutableList<Resource>> intentions = new Memo<>();

  SidecarRoutes(String service, Seats seats, String trustRoots) {
    this.service = service;
    this.policies = new GatewayPolicies(service, seats, trustRoots);
  }

  GatewayRoutes.Routing route(Sidecar.Asked asked, Documents documents) {
    var round = new Round(asked, documents);
    GatewayRoutes.Routing routing = round.route();
    compilations.forgetUnused();
    tables.forgetUnused();
    listeners.forgetUnused();
    tcpListeners.forgetUnused();
    applications.forgetUnused();
    intentions.forgetUnused();
    return routing;
  }

  /** One translation. */
  private final class Round {
    private final Sidecar.Asked asked;
    private final Documents documents;
    private final ChainDocuments chains;
    private final Problems problems = new Problems();
    private final ImmutableList.Builder<Resource> resources = ImmutableList.builder();
    private final Map<String, ClusterPlan> plans = new TreeMap<>();
    private final Map<String, CompiledRoutes> outbound = new TreeMap<>();
    private final Map<Integer, CompiledRoutes> byPort = new TreeMap<>();
    private final Set<Integer> ports = new HashSet<>();

    Round(Sidecar.Asked asked, Documents documents) {
      this.asked = asked;
      this.documents = documents;
      this.chains = new ChainDocuments(documents);
      ports.add(asked.layout().outboundPort());
    }

    GatewayRoutes.Routing route() {
      documents.refusedProviders().forEach(problems::add);
      Optional<LocalApplication> application = application();
      asked.upstreams().forEach(this::upstream);
      List<Place> places = new ArrayList<>();
      outbound.values().forEach(routes -> routes.sites().forEach(site -> places.add(place(site))));
      application.ifPresent(local -> places.addAll(local.places().values()));
      Collection<JwtProvider> verified =
          application.isPresent() ? Intentions.providers(service, documents).values() : List.of();
      GatewayPolicies.Result applied = policies.apply(documents, places, verified, problems);

      resources.addAll(applied.resources());
      http(
          OUTBOUND,
          LOOPBACK,
          asked.layout().outboundPort(),
          CLIENTS,
          applied.lanes(),
          Optional.empty(),
          ImmutableSet.of(),
          Optional.empty());
      outboundTable(applied.filters());
      byPort.forEach((port, routes) -> outboundAt(port, routes, applied));
      application.ifPresent(local -> inbound(local, applied));
      plans.putAll(applied.mirrors().clusters());
      return new GatewayRoutes.Routing(
          policies.slots(),
          resources.build(),
          ImmutableList.copyOf(plans.values()),
          ImmutableSet.copyOf(outbound.values()).asList(),
          applied.mirrors(),
          problems.build());
    }

    private Optional<LocalApplication> application() {
      return asked
          .layout()
          .inbound()
          .filter(inbound -> {
            boolean known = !asked.mesh().mutualTls() || asked.mesh().authority().isPresent();
            if (!known) {
              report("its sidecar takes no requests: " + Endpoints.NO_AUTHORITY);
            }
            return known;
          })
          .filter(inbound -> {
            boolean free = ports.add(inbound.port());
            if (!free) {
              report("port %d is that of outbound calls".formatted(inbound.port()));
            }
            return free;
          })
          .map(inbound ->
              LocalApplication.of(
                  service,
                  inbound,
                  asked.layout().checkPath(),
                  documents,
                  asked.mesh().authority().filter(_ -> asked.mesh().mutualTls())))
          .filter(local -> {
            ImmutableSet<DocumentId> guards = local.unenforceable(documents);
            guards.forEach(id ->
                problems.add(
                    id,
                    "service \"%s\" speaks tcp, which it cannot guard: its sidecar takes no connections"
                        .formatted(service)));
            return guards.isEmpty();
          });
    }

    private void report(String line) {
      problems.add(MetaRoute.id(service), line);
    }

    private void upstream(String name, OptionalInt port) {
      boolean declared = asked.layout().upstreams().isPresent();
      if (chains.protocol(name) == ServiceDefaults.Protocol.TCP) {
        if (port.isPresent()) {
          connections(name, port.getAsInt());
        } else if (declared) {
          report(
              "upstream \"%s\" speaks tcp: it needs a port, as in %s:9191".formatted(name, name));
        }
        return;
      }
      String host = name.toLowerCase(Locale.ROOT);
      if (!Hosts.isHostname(host) || host.startsWith("*")) {
        report("upstream \"%s\" is left out: its name is no host name".formatted(name));
        return;
      }
      var route = new MetaRoute(name, "/", false, host, 0);
      DocumentId namedBy = MetaRoute.id(declared ? service : name);
      CompiledRoutes routes =
          compilations.get(
              route.id(),
              List.of(namedBy, route),
              documents,
              asking -> RouteCompiler.compile(service, namedBy, route, asking));
      if (outbound.putIfAbsent(host, routes) != null) {
        report("upstream \"%s\" is left out: another has its name".formatted(name));
        return;
      }
      routes.clusters().forEach(plans::put);
      routes.problems().forEach(problems::add);
      port.ifPresent(at -> {
        if (ports.add(at)) {
          byPort.put(at, routes);
        } else {
          report(
              "upstream \"%s\" is reached by its name only: port %d is taken".formatted(name, at));
        }
      });
    }

    private void connections(String name, int port) {
      if (LocalApplication.guarded(name, documents)) {
        report(
            "upstream \"%s\" is left out: it speaks tcp, and a security-policy guards it, which cannot be"
                .formatted(name));
        return;
      }
      if (!ports.add(port)) {
        report("upstream \"%s\" is left out: port %d is taken".formatted(name, port));
        return;
      }
      new ClusterPlanner(service, chains, problems)
          .connections(new Target(name, ""), MetaRoute.id(service))
          .ifPresent(planned -> {
            ClusterPlan plan = planned.plan();
            plans.put(plan.name(), plan);
            tcp(
                new TcpListener.Input(
                    "upstream-" + port,
                    LOOPBACK,
                    port,
                    plan.name(),
                    0,
                    Optional.empty(),
                    Optional.empty()));
          });
    }

    private Place place(CompiledRoutes.Site site) {
      return new Place(
          "", ImmutableSet.of(), Optional.empty(), site.services(), site.elsewhere(), false);
    }

    private void outboundTable(ImmutableMap<Place, RouteFilters> filters) {
      var attached = ImmutableList.<RouteTable.Attached>builder();
      outbound.forEach((host, routes) -> attached.add(attached(routes, host, filters)));
      var table = new RouteTable(OUTBOUND, attached.build(), SUFFIXES);
      resources.add(tables.get(OUTBOUND, table, table::resource));
    }

    private RouteTable.Attached attached(
        CompiledRoutes routes, String host, ImmutableMap<Place, RouteFilters> filters) {
      return new RouteTable.Attached(
          routes,
          ImmutableSet.of(host),
          Maps.toMap(routes.sites(), site -> filters.getOrDefault(place(site), RouteFilters.NONE)));
    }

    /** An upstream that has a port of its own as well, where every host is it. */
    private void outboundAt(int port, CompiledRoutes routes, GatewayPolicies.Result applied) {
      String name = "upstream-" + port;
      var table = RouteTable.of(name, ImmutableList.of(attached(routes, "*", applied.filters())));
      resources.add(tables.get(name, table, table::resource));
      http(
          name,
          LOOPBACK,
          port,
          CLIENTS,
          applied.lanes(),
          Optional.empty(),
          ImmutableSet.of(),
          Optional.empty());
    }

    private void inbound(LocalApplication local, GatewayPolicies.Result applied) {
      resources.add(applications.get(local.cluster(), local, local::resource));
      boolean keepTokens = local.looksForTokens(applied.filters());
      var who = Intentions.of(local, keepTokens, asked.mesh(), documents);
      who.report(documents.refusedProviders(), problems);
      resources.addAll(intentions.get(service, who, who::resources));
      String name = "inbound-" + local.inbound().port();
      int port = local.inbound().port();
      if (local.protocol() == ServiceDefaults.Protocol.TCP) {
        tcp(
            new TcpListener.Input(
                name,
                GatewayListener.EVERYWHERE,
                port,
                local.cluster(),
                local.maxConnections(),
                Optional.of(service),
                local.tls()));
        return;
      }
      var table = RouteTable.of(name, ImmutableList.of(local.attached(applied.filters())));
      resources.add(tables.get(name, table, table::resource));
      http(
          name,
          GatewayListener.EVERYWHERE,
          port,
          local.clients(CLIENTS),
          applied.lanes(),
          Optional.of(service),
          local.documents(),
          local.tls());
    }

    private void http(
        String name,
        String address,
        int port,
        ClientTrafficPolicy.Settings clients,
        Lanes lanes,
        Optional<String> called,
        ImmutableSet<DocumentId> shapedBy,
        Optional<InboundTls> tls) {
      var input =
          new GatewayListener.Input(name, address, port, clients, lanes, called, shapedBy, tls);
      resources.add(
          listeners.get(
              name,
              input,
              () ->
                  References.resource(
                      ResourceType.LISTENERS, name, GatewayListener.of(input), shapedBy)));
    }

    private void tcp(TcpListener.Input input) {
      resources.add(
          tcpListeners.get(
              input.name(),
              input,
              () ->
                  References.resource(
                      ResourceType.LISTENERS,
                      input.name(),
                      TcpListener.of(input),
                      ImmutableSet.of())));
    }
  }
}
