package io.convoy.policy;

import io.convoy.policy.TextReader.Unreadable;
import io.convoy.policy.Value.ScalarType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML into a {@link Value}, from the events of SnakeYAML's parser: its tree of nodes would cost as
 * much as the parsing itself, for each of thousands of documents a second.
 */
final class YamlReader {
  private static final Set<String> TAGS =
      Set.of(
          Tag.STR.getValue(),
          Tag.INT.getValue(),
          Tag.FLOAT.getValue(),
          Tag.BOOL.getValue(),
          Tag.NULL.getValue(),
          Tag.TIMESTAMP.getValue(),
          Tag.MAP.getValue(),
          Tag.SEQ.getValue());
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([.][0-9]+|[0-9]+([.][0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Set<String> BOOLEANS =
      Set.of("true", "True", "TRUE", "false", "False", "FALSE");
  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final String MERGE = "<<";

  private static final Resolver RESOLVER = new Resolver();
  private static final LoaderOptions OPTIONS = options();

  private final TextReader limits;
  private final ParserImpl parser;

  // An alias is the events of its anchor once more.
  private final List<Event> events = new ArrayList<>();
  private final Map<String, Integer> anchors = new HashMap<>();
  private int at;

  private YamlReader(String text, TextReader limits) {
    this.limits = limits;
    this.parser = new ParserImpl(new StreamReader(text), OPTIONS);
  }

  static Value read(String text, TextReader limits) throws Unreadable {
    try {
      return new YamlReader(text, limits).document();
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      throw new Unreadable(mark == null ? 0 : mark.getLine() + 1, "is not YAML: " + problem(e));
    } catch (YAMLException e) {
      throw new Unreadable(0, "is not YAML: " + oneLine(e.getMessage()));
    }
  }

  private static LoaderOptions options() {
    var options = new LoaderOptions();
    options.setCodePointLimit(TextReader.MAX_LENGTH);
    return options;
  }

  private Value document() throws Unreadable {
    next(); // the stream's start
    if (next().is(Event.ID.StreamEnd)) {
      throw new Unreadable(0, "is empty, expected a document");
    }
    Value value = value(1);
    next(); // the document's end
    Event end = next();
    if (!end.is(Event.ID.StreamEnd)) {
      throw new Unreadable(
          line(end),
          "is not YAML: expected a single document in the stream, but found another document");
    }
    return value;
  }

  private Event next() throws Unreadable {
    if (at == events.size()) {
      if (at > 2 * TextReader.MAX_VALUES) {
        throw new Unreadable(0, "had more than " + TextReader.MAX_VALUES + " values");
      }
      events.add(parser.getEvent());
    }
    return events.get(at++);
  }

  private Value value(int depth) throws Unreadable {
    return value(next(), depth);
  }

  private Value value(Event event, int depth) throws Unreadable {
    if (event instanceof AliasEvent alias) {
      int after = at;
      at = anchor(alias);
      Value value = value(depth);
      at = after;
      return value;
    }
    int line = line(event);
    limits.count(line, depth);
    remember(event);
    // No switch: on types it is a call through a method handle, for each of millions of events.
    if (event instanceof ScalarEvent scalar) {
      checkTag(isMerge(scalar) ? Tag.MERGE.getValue() : scalar.getTag(), line);
      return TextReader.scalar(line, type(scalar), scalar.getValue());
    }
    if (event instanceof CollectionStartEvent start) {
      checkTag(start.getTag(), line);
      return start instanceof MappingStartEvent ? mapping(line, depth) : sequence(line, depth);
    }
    throw new Unreadable(line, "is not YAML: expected a value");
  }

  /** {@code event} was just taken. */
  private void remember(Event event) {
    if (event instanceof NodeEvent node && node.getAnchor() != null) {
      anchors.put(node.getAnchor(), at - 1);
    }
  }

  private int anchor(AliasEvent alias) throws Unreadable {
    Integer start = anchors.get(alias.getAnchor());
    if (start == null) {
      throw new Unreadable(line(alias), "is not YAML: found undefined alias " + alias.getAnchor());
    }
    return start;
  }

  private static void checkTag(@Nullable String tag, int line) throws Unreadable {
    if (tag != null && !tag.equals("!") && !TAGS.contains(tag)) {
      throw new Unreadable(line, "had the tag " + tag + ", expected none of its own");
    }
  }

  private Value mapping(int line, int depth) throws Unreadable {
    var members = new TextReader.Members();
    for (Event event = next(); !event.is(Event.ID.MappingEnd); event = next()) {
      ScalarEvent key =
          event instanceof AliasEvent alias ? plainKey(events.get(anchor(alias))) : key(event);
      members.add(key.getValue(), line(key), value(depth + 1));
    }
    return members.done(line);
  }

  private ScalarEvent key(Event event) throws Unreadable {
    remember(event);
    return plainKey(event);
  }

  private static ScalarEvent plainKey(Event event) throws Unreadable {
    if (!(event instanceof ScalarEvent key)) {
      throw new Unreadable(line(event), "had a key that is not a string");
    }
    checkTag(key.getTag(), line(key));
    if (isMerge(key)) {
      throw new Unreadable(line(key), "had a merge key (<<), which Convoy does not take");
    }
    return key;
  }

  private Value sequence(int line, int depth) throws Unreadable {
    List<Value> items = new ArrayList<>();
    for (Event event = next(); !event.is(Event.ID.SequenceEnd); event = next()) {
      items.add(value(event, depth + 1));
    }
    return new Value.Sequence(line, List.copyOf(items));
  }

  private static boolean isMerge(ScalarEvent scalar) {
    return scalar.getValue().equals(MERGE) && tag(scalar).equals(Tag.MERGE);
  }

  private static ScalarType type(ScalarEvent scalar) {
    if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
      return ScalarType.STRING;
    }
    String text = scalar.getValue();
    if (NULLS.contains(text)) {
      return ScalarType.NULL;
    }
    ScalarType looks = looks(text);
    return looks == ScalarType.STRING || tag(scalar).equals(Tag.STR) ? ScalarType.STRING : looks;
  }

  private static ScalarType looks(String text) {
    if (BOOLEANS.contains(text)) {
      return ScalarType.BOOLEAN;
    }
    if ("+-.0123456789".indexOf(text.charAt(0)) < 0) {
      return ScalarType.STRING;
    }
    if (INTEGER.matcher(text).matches()) {
      return ScalarType.INTEGER;
    }
    return DECIMAL.matcher(text).matches() ? ScalarType.DECIMAL : ScalarType.STRING;
  }

  /** As written, or what YAML takes a text for that has none. */
  private static Tag tag(ScalarEvent scalar) {
    String tag = scalar.getTag();
    return tag == null || tag.equals("!")
        ? RESOLVER.resolve(
            NodeId.scalar, scalar.getValue(), scalar.getImplicit().canOmitTagInPlainScalar())
        : new Tag(tag);
  }

  private static int line(Event event) {
    return event.getStartMark().getLine() + 1;
  }

  private static String problem(MarkedYAMLException e) {
    String problem = oneLine(e.getProblem());
    return e.getContext() == null ? problem : oneLine(e.getContext()) + ", " + problem;
  }

  private static String oneLine(@Nullable String text) {
    return text == null ? "it cannot be read" : text.strip().replaceAll("\\s+", " ");
  }
}
