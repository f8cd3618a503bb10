package io.convoy.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.common.base.Splitter;
import io.convoy.policy.TextReader.Unreadable;
import io.convoy.policy.Value.ScalarType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** JSON into a {@link Value}. */
final class JsonReader {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(TextReader.MAX_DEPTH)
                  .maxNumberLength(50)
                  .build())
          // Keys come from whoever writes documents: none may stay in memory for good.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private final JsonParser parser;
  private final TextReader limits;

  private JsonReader(JsonParser parser, TextReader limits) {
    this.parser = parser;
    this.limits = limits;
  }

  static Value read(String text, TextReader limits) throws Unreadable {
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      Value value = new JsonReader(parser, limits).value(1);
      if (parser.nextToken() != null) {
        throw new Unreadable(line(parser), "had more after the document, expected its end");
      }
      return value;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new Unreadable(line, "is not JSON: " + firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new Unreadable(0, "is not JSON: " + firstLine(String.valueOf(e.getMessage())));
    }
  }

  private Value value(int depth) throws IOException, Unreadable {
    int line = line(parser);
    limits.count(line, depth);
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new Unreadable(line, "is not JSON: ended where a value was expected");
    }
    return switch (token) {
      case START_OBJECT -> object(line, depth);
      case START_ARRAY -> array(line, depth);
      case VALUE_STRING -> TextReader.scalar(line, ScalarType.STRING, parser.getText());
      case VALUE_NUMBER_INT -> TextReader.scalar(line, ScalarType.INTEGER, parser.getText());
      case VALUE_NUMBER_FLOAT -> TextReader.scalar(line, ScalarType.DECIMAL, parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> TextReader.scalar(line, ScalarType.BOOLEAN, parser.getText());
      case VALUE_NULL -> TextReader.scalar(line, ScalarType.NULL, "null");
      case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
          throw new Unreadable(line, "is not JSON: expected a value");
    };
  }

  private Value object(int line, int depth) throws IOException, Unreadable {
    var members = new TextReader.Members();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = TextReader.scalar(line(parser), ScalarType.STRING, parser.currentName()).text();
      int keyLine = line(parser);
      parser.nextToken();
      members.add(key, keyLine, value(depth + 1));
    }
    return members.done(line);
  }

  private Value array(int line, int depth) throws IOException, Unreadable {
    List<Value> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(depth + 1));
    }
    return new Value.Sequence(line, List.copyOf(items));
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  private static String firstLine(String message) {
    return Splitter.on('\n').split(message).iterator().next();
  }
}
