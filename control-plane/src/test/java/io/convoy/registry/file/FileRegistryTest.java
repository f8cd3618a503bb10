package io.convoy.registry.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.convoy.catalog.Health;
import io.convoy.catalog.Instance;
import io.convoy.catalog.Locality;
import io.convoy.fixture.Await;
import io.convoy.policy.DocumentId;
import io.convoy.policy.RawDocument;
import io.convoy.policy.RawDocument.Source;
import io.convoy.registry.Recorder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder is followed through all that editors, deployments and mistakes do to it. */
class FileRegistryTest {
  private static final String SHOP = "Kind: http-route\nName: shop\n";
  private static final String USER =
      """
      services:
      - name: user
        id: user-1
        address: 10.0.0.1
        port: 9001
        tags: [blue, v2]
        meta: {convoy-path: /user/, my_key: 1}
        weights: {passing: 5, warning: 1}
        locality: {region: north, zone: a}
      - {name: user, id: user-2, port: 9002, check: {http: "http://localhost/", status: critical}}
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path folder;

  private final Recorder seen = new Recorder();
  private Optional<FileRegistry> registry = Optional.empty();

  @AfterEach
  void stop() {
    registry.ifPresent(FileRegistry::close);
  }

  @Test
  void servicesAndDocumentsFromOneFile() throws IOException {
    write("all.yaml", USER + "---\n" + SHOP + "---\nKind: http-route\nName: other\n");
    start();
    Instance first = instances("user").getFirst();
    assertThat(first.address()).isEqualTo("10.0.0.1");
    assertThat(first.port()).isEqualTo(9001);
    assertThat(first.tags()).containsExactly("blue", "v2");
    assertThat(first.meta()).containsEntry("convoy-path", "/user/").containsEntry("my_key", "1");
    assertThat(first.weight()).isEqualTo(5);
    assertThat(first.locality()).isEqualTo(new Locality("north", "a"));
    assertThat(instances("user").get(1).health()).isEqualTo(Health.CRITICAL);
    assertThat(document("http-route", "shop").orElseThrow().location()).endsWith("all.yaml");
    assertThat(document("http-route", "shop").orElseThrow().createIndex())
        .isLessThan(document("http-route", "other").orElseThrow().createIndex());
    assertThat(seen.documentCount()).isEqualTo(2);
  }

  @Test
  void instancesOfAServiceFromSeveralFiles() throws IOException {
    write("a.yaml", "service: {name: user, id: a, port: 1}\n");
    write("sub/b.json", "{\"service\": {\"Name\": \"user\", \"ID\": \"b\", \"Port\": 2}}");
    write(".hidden.yaml", "service: {name: user, id: hidden, port: 3}\n");
    write("notes.txt", "service: {name: user, id: text, port: 4}\n");
    start();
    assertThat(instances("user")).extracting(Instance::id).containsExactly("a", "b");
  }

  @Test
  void changesAdditionsAndRemovals() throws IOException {
    write("a.yaml", SHOP);
    start();
    long created = document("http-route", "shop").orElseThrow().createIndex();
    write("a.yaml", SHOP + "Hostnames: [a.test]\n");
    await(() -> document("http-route", "shop"), "Hostnames: [a.test]");
    assertThat(document("http-route", "shop").orElseThrow().createIndex()).isEqualTo(created);
    write("new/b.yaml", "Kind: http-route\nName: late\n");
    await(() -> document("http-route", "late"), "Name: late");
    write("new/b.yaml", "Kind: http-route\nName: late\nHostnames: [b.test]\n");
    await(() -> document("http-route", "late"), "b.test");
    Files.delete(folder.resolve("a.yaml"));
    Await.until("it is gone", () -> document("http-route", "shop").isEmpty());
    assertThat(document("http-route", "late")).isPresent();
  }

  @Test
  void renamedOver() throws IOException {
    write("a.yaml", SHOP);
    start();
    Path other = folder.resolve(".a.yaml.swp");
    Files.writeString(other, SHOP + "Hostnames: [a.test]\n");
    Files.move(other, folder.resolve("a.yaml"), StandardCopyOption.ATOMIC_MOVE);
    await(() -> document("http-route", "shop"), "a.test");
  }

  @Test
  void swappedByALinkAsKubernetesDoes() throws IOException {
    write("..1/a.yaml", SHOP);
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("..data/a.yaml"));
    start();
    assertThat(seen.documentCount()).isEqualTo(1);
    write("..2/a.yaml", SHOP + "Hostnames: [a.test]\n");
    Files.createSymbolicLink(folder.resolve("..next"), Path.of("..2"));
    Files.move(folder.resolve("..next"), folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    await(() -> document("http-route", "shop"), "a.test");
  }

  @Test
  void whatABrokenFileSaidBeforeStands() throws IOException {
    write("a.yaml", USER + "---\n" + SHOP);
    start();
    write("a.yaml", "services: [\n---\nKind: [\n");
    Await.until("it is refused", () -> invalid() > 0);
    assertThat(instances("user")).hasSize(2);
    assertThat(document("http-route", "shop")).isPresent();
    write("a.yaml", SHOP);
    Await.until("it is understood again", () -> seen.service("user").isEmpty());
    assertThat(invalid()).isZero();
    assertThat(document("http-route", "shop")).isPresent();
  }

  @Test
  void aWrongServiceDefinitionIsRefused() throws IOException {
    write("a.yaml", "service: {name: user, port: 9001}\n");
    start();
    write("a.yaml", "service: {name: user, port: 90010}\n");
    Await.until("it is refused", () -> invalid() > 0);
    assertThat(instances("user").getFirst().port()).isEqualTo(9001);
  }

  @Test
  void invalidUtf8IsMarked() throws IOException {
    Files.write(folder.resolve("a.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff, '\n'});
    start();
    assertThat(invalid()).isEqualTo(1);
  }

  @Test
  void aFolderThatIsMissingThenThereThenMissing() throws IOException {
    Path later = folder.resolve("later");
    FileRegistry started = new FileRegistry(later, new SimpleMeterRegistry());
    registry = Optional.of(started);
    started.start(seen);
    Await.until("it says so", () -> !seen.events().isEmpty());
    assertThat(seen.events().getFirst())
        .isEqualTo(
            "down files: " + later + ": no such folder: create it, or name another (--file)");
    write("later/a.yaml", SHOP);
    Await.until("it is up", () -> seen.partsUp().contains(FileRegistry.PART));
    assertThat(document("http-route", "shop")).isPresent();
    Files.delete(later.resolve("a.yaml"));
    Files.delete(later);
    Await.until("it is down", () -> seen.partsUp().isEmpty());
  }

  private void start() {
    FileRegistry started = new FileRegistry(folder, new SimpleMeterRegistry());
    registry = Optional.of(started);
    started.start(seen);
    Await.until("the folder is read", () -> seen.partsUp().equals(started.parts()));
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private List<Instance> instances(String service) {
    return seen.service(service).orElseThrow().instances();
  }

  private Optional<RawDocument> document(String kind, String name) {
    return seen.document(Source.FILE, kind, name);
  }

  private long invalid() {
    return seen.documentIds().stream().map(DocumentId::kind).filter("invalid"::equals).count();
  }

  private static void await(Supplier<Optional<RawDocument>> document, String text) {
    Await.until(text, () -> document.get().filter(d -> d.text().contains(text)).isPresent());
  }
}
