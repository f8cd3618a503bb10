package io.convoy.policy;

import io.convoy.policy.TextReader.Unreadable;
import io.convoy.policy.Value.ScalarType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/** YAML into a {@link Value}. Constructs no Java object: only the tree of nodes is read. */
final class YamlReader {
  private static final Set<Tag> TAGS =
      Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP, Tag.MAP, Tag.SEQ);
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([.][0-9]+|[0-9]+([.][0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern BOOLEAN = Pattern.compile("true|True|TRUE|false|False|FALSE");
  private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");

  private static final Resolver RESOLVER = new Resolver();
  private static final LoaderOptions OPTIONS = options();

  private final TextReader limits;

  private YamlReader(TextReader limits) {
    this.limits = limits;
  }

  static Value read(String text, TextReader limits) throws Unreadable {
    Node node;
    try {
      // What Yaml.compose does, without the half of a Yaml that only writes and constructs.
      node = new Composer(new BoundedParser(text), RESOLVER, OPTIONS).getSingleNode();
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      throw new Unreadable(mark == null ? 0 : mark.getLine() + 1, "is not YAML: " + problem(e));
    } catch (YAMLException e) {
      throw new Unreadable(0, "is not YAML: " + oneLine(e.getMessage()));
    }
    if (node == null) {
      throw new Unreadable(0, "is empty, expected a document");
    }
    return new YamlReader(limits).value(node, 1);
  }

  /** Ends a text of too many values before it becomes a tree of nodes, each of which is large. */
  private static final class BoundedParser extends ParserImpl {
    private int events;

    BoundedParser(String text) {
      super(new StreamReader(text), OPTIONS);
    }

    @Override
    public Event getEvent() {
      Event event = super.getEvent();
      if (++events > 2 * TextReader.MAX_VALUES) {
        throw new YAMLException("it has more than " + TextReader.MAX_VALUES + " values");
      }
      return event;
    }
  }

  private static LoaderOptions options() {
    var options = new LoaderOptions();
    options.setNestingDepthLimit(TextReader.MAX_DEPTH);
    options.setMaxAliasesForCollections(TextReader.MAX_DEPTH);
    options.setCodePointLimit(TextReader.MAX_LENGTH);
    return options;
  }

  private Value value(Node node, int depth) throws Unreadable {
    int line = line(node);
    limits.count(line, depth);
    if (!TAGS.contains(node.getTag())) {
      throw new Unreadable(
          line, "had the tag " + node.getTag().getValue() + ", expected none of its own");
    }
    return switch (node) {
      case MappingNode mapping -> mapping(mapping, line, depth);
      case SequenceNode sequence -> sequence(sequence, line, depth);
      case ScalarNode scalar -> TextReader.scalar(line, type(scalar), scalar.getValue());
      default -> throw new Unreadable(line, "is not YAML: expected a value");
    };
  }

  private Value mapping(MappingNode node, int line, int depth) throws Unreadable {
    var members = new TextReader.Members();
    for (NodeTuple tuple : node.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw new Unreadable(line(tuple.getKeyNode()), "had a key that is not a string");
      }
      if (key.getTag().equals(Tag.MERGE)) {
        throw new Unreadable(line(key), "had a merge key (<<), which Convoy does not take");
      }
      members.add(key.getValue(), line(key), value(tuple.getValueNode(), depth + 1));
    }
    return members.done(line);
  }

  private Value sequence(SequenceNode node, int line, int depth) throws Unreadable {
    List<Value> items = new ArrayList<>();
    for (Node item : node.getValue()) {
      items.add(value(item, depth + 1));
    }
    return new Value.Sequence(line, List.copyOf(items));
  }

  private static ScalarType type(ScalarNode node) {
    if (node.getScalarStyle() != ScalarStyle.PLAIN) {
      return ScalarType.STRING;
    }
    String text = node.getValue();
    if (NULL.matcher(text).matches()) {
      return ScalarType.NULL;
    }
    if (node.getTag().equals(Tag.STR)) {
      return ScalarType.STRING;
    }
    if (BOOLEAN.matcher(text).matches()) {
      return ScalarType.BOOLEAN;
    }
    if (INTEGER.matcher(text).matches()) {
      return ScalarType.INTEGER;
    }
    return DECIMAL.matcher(text).matches() ? ScalarType.DECIMAL : ScalarType.STRING;
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  private static String problem(MarkedYAMLException e) {
    String problem = oneLine(e.getProblem());
    return e.getContext() == null ? problem : oneLine(e.getContext()) + ", " + problem;
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "it cannot be read" : text.strip().replaceAll("\\s+", " ");
  }
}
