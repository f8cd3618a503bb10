package io.convoy.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.ImmutableSortedMap;
import io.convoy.catalog.Catalog;
import io.convoy.catalog.Service;
import io.convoy.policy.DocumentId;
import io.convoy.policy.DocumentParser;
import io.convoy.policy.DocumentParser.Parsed;
import io.convoy.policy.Policies;
import io.convoy.policy.PolicyStore;
import io.convoy.policy.RawDocument;
import io.convoy.policy.ServiceIntentions;
import io.convoy.translation.NodeGroup;
import io.convoy.translation.SidecarGroups;
import io.convoy.translation.Translation;
import io.convoy.translation.Translator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What documents come to together, translated as the server would. The services that they name are
 * taken to exist.
 */
record CrossCheck(ImmutableSortedMap<NodeGroup, Translation> translations) {

  /** {@code services}: those that are known; the others are taken to have no instance. */
  static CrossCheck of(List<Parsed> documents, List<Service> services) {
    var store = new PolicyStore();
    store.apply(RawDocument.Source.FILE, documents.stream().map(Parsed::raw).toList(), List.of());
    Policies policies = store.policies();
    Catalog catalog = Catalog.EMPTY.with(assumed(documents), List.of()).with(services, List.of());
    var translations = ImmutableSortedMap.<NodeGroup, Translation>naturalOrder();
    for (NodeGroup group : GatewayGroups.of(policies)) {
      translations.put(group, new Translator(group).translate(catalog, policies, StandIn.MESH));
    }
    for (Service service : withSidecars(services, policies)) {
      Catalog mesh = catalog.with(List.of(service), List.of());
      for (NodeGroup group : SidecarGroups.of(service)) {
        translations.put(group, new Translator(group).translate(mesh, policies, StandIn.MESH));
      }
    }
    return new CrossCheck(translations.buildOrThrow());
  }

  /** Those that are known to have one, and those that intentions are about. */
  private static Collection<Service> withSidecars(List<Service> services, Policies policies) {
    Map<String, Service> all = new TreeMap<>();
    policies
        .all(ServiceIntentions.class)
        .forEach(document -> {
          String name = document.id().name();
          String of = name.equals(ServiceIntentions.ANY) ? "stand-in" : name;
          all.put(of, StandIn.service(of));
        });
    services.forEach(service -> all.put(service.name(), service));
    return all.values();
  }

  /**
   * A service of every name that a document holds: what is a service's name is for the translation
   * to know, and a service that nothing names changes nothing.
   */
  private static List<Service> assumed(List<Parsed> documents) {
    Set<String> words = new HashSet<>();
    for (Parsed parsed : documents) {
      words.add(parsed.raw().id().name());
      words.addAll(Words.of(parsed.raw()));
    }
    return words.stream().map(word -> Service.of(word, List.of())).toList();
  }

  /** {@code findings} with what the translation of all documents together found. */
  ImmutableList<Finding> addTo(List<Finding> findings) {
    ImmutableSetMultimap<DocumentId, String> unresolved = unresolved();
    Set<String> refused =
        findings.stream()
            .filter(Finding::refused)
            .map(finding -> "\"" + finding.document().id().name() + "\"")
            .collect(Collectors.toSet());
    return findings.stream()
        .map(finding ->
            new Finding(
                finding.document(),
                finding.problem(),
                finding.warnings(),
                unresolved.get(finding.document().id()).stream()
                    // What is refused already need not be missed, too.
                    .filter(line -> refused.stream().noneMatch(line::contains))
                    .map(line -> place(finding.document(), line) + ": " + line)
                    .collect(ImmutableList.toImmutableList())))
        .collect(ImmutableList.toImmutableList());
  }

  private static String place(RawDocument document, String line) {
    return document.location() + ":" + DocumentParser.lineNaming(document, line);
  }

  private ImmutableSetMultimap<DocumentId, String> unresolved() {
    var all = ImmutableSetMultimap.<DocumentId, String>builder();
    translations.values().forEach(translation -> all.putAll(translation.unresolved()));
    return all.build();
  }

  /** A line for each node group whose resources an Envoy refuses, with its words. */
  List<String> refusedBy(EnvoyCheck envoy) {
    List<String> lines = new ArrayList<>();
    new TreeMap<>(translations)
        .forEach((group, translation) ->
            envoy
                .refusal(translation, StandIn.secrets())
                .ifPresent(words ->
                    lines.add("envoy refuses what %s is told: %s".formatted(group, words))));
    return lines;
  }
}
