package io.convoy.cli;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A YAML file of flags: {@code xds-port: 18000}. It may hold tokens: no message quotes more of it
 * than a key, or a value of the wrong shape.
 */
final class ConfigFile {
  /** The file can't be used; the message names it, the line, what it had and what was expected. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  private record Entry(String value, int line) {}

  private final Path path;
  private final Map<String, Entry> entries = new HashMap<>();

  private ConfigFile(Path path) {
    this.path = path;
  }

  /** Reads a file all of whose keys must be among those given. */
  static ConfigFile read(Path path, Collection<String> keys) throws MalformedException {
    ConfigFile file = new ConfigFile(path);
    Node root = file.parse();
    if (root == null) {
      return file;
    }
    if (!(root instanceof MappingNode mapping)) {
      throw file.malformed(root, "had " + shape(root) + ", expected keys and values");
    }
    for (NodeTuple tuple : mapping.getValue()) {
      file.add(tuple.getKeyNode(), tuple.getValueNode(), keys);
    }
    return file;
  }

  /** The key's value as it would stand on the command line. */
  Optional<String> value(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  /** {@code FILE:LINE: KEY} of a key that is there. */
  Optional<String> location(String key) {
    return Optional.ofNullable(entries.get(key))
        .map(entry -> path + ":" + entry.line() + ": " + key);
  }

  private @org.jspecify.annotations.Nullable Node parse() throws MalformedException {
    try (var reader = Files.newBufferedReader(path)) {
      return new Yaml(new SafeConstructor(new LoaderOptions())).compose(reader);
    } catch (NoSuchFileException e) {
      throw new MalformedException(path + ": no such file");
    } catch (MalformedInputException e) {
      throw new MalformedException(path + ": not UTF-8 text");
    } catch (IOException e) {
      throw new MalformedException(path + ": cannot be read: " + e.getMessage());
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new MalformedException(path + ":" + line + ": not YAML: " + e.getProblem());
    } catch (YAMLException e) {
      throw new MalformedException(path + ": not YAML");
    }
  }

  private void add(Node keyNode, Node valueNode, Collection<String> keys)
      throws MalformedException {
    if (!(keyNode instanceof ScalarNode scalar)) {
      throw malformed(keyNode, "had " + shape(keyNode) + " for a key, expected a flag's name");
    }
    String key = scalar.getValue();
    if (!keys.contains(key)) {
      String suggestion = Suggestion.among(keys, key);
      throw malformed(
          keyNode,
          "unknown key "
              + key
              + (suggestion.isEmpty()
                  ? "; expected one of " + String.join(", ", keys)
                  : suggestion));
    }
    Entry former = entries.put(key, new Entry(text(key, valueNode), line(keyNode)));
    if (former != null) {
      throw malformed(keyNode, "has " + key + " again, which line " + former.line() + " has");
    }
  }

  private String text(String key, Node node) throws MalformedException {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    if (node instanceof SequenceNode sequence) {
      List<String> values = new ArrayList<>();
      for (Node element : sequence.getValue()) {
        if (!(element instanceof ScalarNode scalar)) {
          throw malformed(
              element, key + ": had " + shape(element) + " in a list, expected a value");
        }
        values.add(scalar.getValue());
      }
      return String.join(",", values);
    }
    throw malformed(node, key + ": had " + shape(node) + ", expected a value or a list of values");
  }

  private MalformedException malformed(Node node, String problem) {
    return new MalformedException(path + ":" + line(node) + ": " + problem);
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private static String shape(Node node) {
    return switch (node.getNodeId()) {
      case mapping -> "a mapping";
      case sequence -> "a list";
      case scalar -> "a single value";
      case anchor -> "an anchor";
    };
  }
}
