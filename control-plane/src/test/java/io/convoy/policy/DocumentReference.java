package io.convoy.policy;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.Resources;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.ExtensionRegistry;
import io.convoy.config.v1.CommonProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The reference of all kinds of documents, as Markdown, made of the comments in {@code proto/}. */
final class DocumentReference {
  private static final String PACKAGE = ".convoy.config.v1.";
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(?<=^|[.] )Left out(?:, or (?<same>[^:]*))?: (?<what>[^.]*(?:[.](?! |$)[^.]*)*)[.] ?");

  private final Map<String, Message> messages = new HashMap<>();

  /** {@code comments}: by the number of the field. */
  private record Message(
      String name, DescriptorProto descriptor, String comment, Map<Integer, String> comments) {}

  private DocumentReference() {}

  static DocumentReference read() throws IOException {
    var registry = ExtensionRegistry.newInstance();
    CommonProto.registerAllExtensions(registry);
    var reference = new DocumentReference();
    byte[] set = Resources.toByteArray(Resources.getResource(CommonProto.class, "documents.binpb"));
    for (FileDescriptorProto file : FileDescriptorSet.parseFrom(set, registry).getFileList()) {
      if (!file.getPackage().equals(PACKAGE.substring(1, PACKAGE.length() - 1))) {
        continue;
      }
      Map<List<Integer>, String> comments = new HashMap<>();
      for (Location location : file.getSourceCodeInfo().getLocationList()) {
        comments.put(location.getPathList(), oneLine(location.getLeadingComments()));
      }
      for (int i = 0; i < file.getMessageTypeCount(); i++) {
        reference.add(PACKAGE, file.getMessageType(i), List.of(4, i), comments);
      }
    }
    return reference;
  }

  private void add(
      String prefix,
      DescriptorProto message,
      List<Integer> path,
      Map<List<Integer>, String> comments) {
    String name = prefix + message.getName();
    Map<Integer, String> fields = new HashMap<>();
    for (int i = 0; i < message.getFieldCount(); i++) {
      fields.put(message.getField(i).getNumber(), comments.getOrDefault(path(path, 2, i), ""));
    }
    messages.put(
        name,
        new Message(name, message, comments.getOrDefault(path, ""), ImmutableMap.copyOf(fields)));
    for (int i = 0; i < message.getNestedTypeCount(); i++) {
      add(name + ".", message.getNestedType(i), path(path, 3, i), comments);
    }
  }

  private static List<Integer> path(List<Integer> path, int field, int index) {
    var longer = new ArrayList<>(path);
    longer.add(field);
    longer.add(index);
    return longer;
  }

  /** The overview of all kinds. */
  String overview() {
    var text = new StringBuilder();
    for (Kind<?> kind : Kind.ALL.values()) {
      String comment = message(kind).comment();
      int end = comment.indexOf(". ");
      text.append(
          "| [`%s`](%s.md) | %s | %s |\n"
              .formatted(
                  kind.name(),
                  kind.name(),
                  kind.consul() ? "yes" : "",
                  cell(end < 0 ? comment : comment.substring(0, end + 1))));
    }
    return text.toString();
  }

  /** The page of one kind. */
  String page(String kindName, String example) {
    Kind<?> kind = Kind.ALL.get(kindName);
    if (kind == null) {
      throw new IllegalArgumentException(kindName);
    }
    Message top = message(kind);
    var text = new StringBuilder();
    text.append("# ").append(kindName).append("\n\n").append(top.comment()).append("\n\n");
    text.append(
        kind.consul()
            ? "Read from Consul's KV, from Consul's config entries and from files.\n\n"
            : "Convoy's own: read from Consul's KV and from files.\n\n");
    text.append("```yaml\n").append(example.strip()).append("\n```\n\n## Fields\n\n");
    Set<String> described = new LinkedHashSet<>(List.of(top.name()));
    table(top, described, text);
    // Grows while messages name further ones.
    for (int i = 1; i < described.size(); i++) {
      Message message = messages.get(List.copyOf(described).get(i));
      if (message != null) {
        text.append("\n## ").append(title(message.name())).append("\n\n");
        text.append(message.comment()).append("\n\n");
        table(message, described, text);
      }
    }
    return text.toString();
  }

  private Message message(Kind<?> kind) {
    Message message = messages.get("." + kind.prototype().getDescriptorForType().getFullName());
    if (message == null) {
      throw new IllegalStateException("no comments of " + kind.name());
    }
    return message;
  }

  private void table(Message message, Set<String> described, StringBuilder text) {
    text.append("| field | type | left out | meaning |\n| --- | --- | --- | --- |\n");
    for (FieldDescriptorProto field : message.descriptor().getFieldList()) {
      String comment = message.comments().getOrDefault(field.getNumber(), "");
      Matcher leftOut = LEFT_OUT.matcher(comment);
      boolean found = leftOut.find();
      String meaning =
          found
              ? comment.substring(0, leftOut.start()) + comment.substring(leftOut.end())
              : comment;
      if (found && leftOut.group("same") != null) {
        meaning += " " + upper(leftOut.group("same")) + " is as if left out.";
      }
      text.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  field.getJsonName(),
                  type(field, described),
                  found ? cell(leftOut.group("what")) : fallback(field),
                  cell(oneLine(meaning) + notes(field))));
    }
  }

  private static String fallback(FieldDescriptorProto field) {
    return field.getType() == FieldDescriptorProto.Type.TYPE_BOOL
            && field.getLabel() != Label.LABEL_REPEATED
        ? "false"
        : "";
  }

  private String type(FieldDescriptorProto field, Set<String> described) {
    String one = single(field, described);
    return field.getLabel() != Label.LABEL_REPEATED || one.startsWith("mapping")
        ? one
        : "list of " + plural(one);
  }

  private static String plural(String one) {
    return one.equals("string") || one.endsWith("number") ? one + "s" : one;
  }

  private String single(FieldDescriptorProto field, Set<String> described) {
    return switch (field.getType()) {
      case TYPE_STRING -> "string";
      case TYPE_BOOL -> "true or false";
      case TYPE_DOUBLE, TYPE_FLOAT -> "number";
      case TYPE_MESSAGE -> messageType(field.getTypeName(), described);
      default -> "whole number";
    };
  }

  private String messageType(String name, Set<String> described) {
    Message message = messages.get(name);
    if (message == null) {
      return name.equals(".google.protobuf.Duration") ? "duration" : "anything";
    }
    if (message.descriptor().getOptions().getMapEntry()) {
      return "mapping of strings to " + plural(type(message.descriptor().getField(1), described));
    }
    described.add(name);
    String title = title(name);
    return "[%s](#%s)".formatted(title, title.toLowerCase(java.util.Locale.ROOT).replace(".", ""));
  }

  /** The name of the message, without the kind's that it is in. */
  private static String title(String name) {
    String local = name.substring(PACKAGE.length());
    String first = local.replaceFirst("[.].*", "");
    boolean ofKind =
        Kind.ALL.values().stream()
            .anyMatch(kind -> kind.prototype().getDescriptorForType().getName().equals(first));
    return ofKind && !first.equals(local) ? local.substring(first.length() + 1) : local;
  }

  /** What the options of the field say. */
  private static String notes(FieldDescriptorProto field) {
    var notes = new StringBuilder();
    for (Map.Entry<FieldDescriptor, Object> option : field.getOptions().getAllFields().entrySet()) {
      String name = option.getKey().getName();
      if (!option.getKey().isExtension()) {
        continue;
      }
      notes.append(
          switch (name) {
            case "unused" -> " **Has no effect**: " + option.getValue() + ".";
            case "guard" -> " **Refused where it is given**: " + option.getValue() + ".";
            case "secret" ->
                option.getValue().toString().equals("ALWAYS")
                    ? " **Secret**: Convoy never shows it."
                    : " **Secret** where it holds a symmetric key: Convoy does not show it then.";
            default -> throw new IllegalStateException("an option without words: " + name);
          });
    }
    return notes.toString();
  }

  private static String upper(String words) {
    return words.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + words.substring(1);
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private static String oneLine(String comment) {
    return CharMatcher.whitespace().trimAndCollapseFrom(comment, ' ');
  }
}
