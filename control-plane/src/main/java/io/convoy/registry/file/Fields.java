package io.convoy.registry.file;

import io.convoy.registry.file.ServiceDefinition.Malformed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A mapping of YAML whose fields are asked for by name, in either of Consul's spellings. */
final class Fields {
  private final String path;
  private final Map<?, ?> mapping;
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, String> spelling = new LinkedHashMap<>();
  private final Set<String> asked = new HashSet<>();

  private Fields(String path, Map<?, ?> mapping) {
    this.path = path;
    this.mapping = mapping;
    mapping.forEach((key, value) -> {
      String name = String.valueOf(key);
      spelling.put(plain(name), name);
      if (value != null) {
        values.put(plain(name), value);
      }
    });
  }

  /** The top of a document; null when it is no mapping. */
  static @Nullable Fields of(Object content) {
    return content instanceof Map<?, ?> mapping ? new Fields("", mapping) : null;
  }

  private static String plain(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  boolean has(String field) {
    return spelling.containsKey(field);
  }

  /** Also a number or a truth value, as YAML reads an unquoted one. */
  String text(String field, String otherwise) throws Malformed {
    asked.add(field);
    Object value = values.get(field);
    return switch (value) {
      case null -> otherwise;
      case String text -> text;
      case Number number -> number.toString();
      case Boolean truth -> truth.toString();
      default -> throw wrong(field, shown(value), "a string");
    };
  }

  int number(String field, int otherwise, int most) throws Malformed {
    asked.add(field);
    Object value = values.get(field);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Integer number && number >= 0 && number <= most) {
      return number;
    }
    throw wrong(field, shown(value), "a whole number from 0 to " + most);
  }

  /** Without fields when there is none. */
  Fields object(String field) throws Malformed {
    asked.add(field);
    Object value = values.getOrDefault(field, Map.of());
    if (value instanceof Map<?, ?> mapping) {
      return new Fields(place(field), mapping);
    }
    throw wrong(field, shown(value), "fields");
  }

  List<Fields> objects(String field) throws Malformed {
    List<Fields> objects = new ArrayList<>();
    for (Object value : list(field)) {
      String place = place(field) + "[" + objects.size() + "]";
      if (!(value instanceof Map<?, ?> mapping)) {
        throw new Malformed(place + ": had " + shown(value) + ", expected fields");
      }
      objects.add(new Fields(place, mapping));
    }
    return objects;
  }

  List<String> texts(String field) throws Malformed {
    List<String> texts = new ArrayList<>();
    for (Object value : list(field)) {
      if (value instanceof Map<?, ?> || value instanceof List<?>) {
        throw wrong(field, shown(value), "a list of strings");
      }
      texts.add(String.valueOf(value));
    }
    return texts;
  }

  /** All fields as strings, in their own spelling. */
  Map<String, String> texts() throws Malformed {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<?, ?> field : mapping.entrySet()) {
      String name = String.valueOf(field.getKey());
      if (field.getValue() instanceof Map<?, ?> || field.getValue() instanceof List<?>) {
        throw new Malformed(
            path + "." + name + ": had " + shown(field.getValue()) + ", expected a string");
      }
      texts.put(name, field.getValue() == null ? "" : String.valueOf(field.getValue()));
    }
    return texts;
  }

  private List<?> list(String field) throws Malformed {
    asked.add(field);
    Object value = values.getOrDefault(field, List.of());
    if (value instanceof List<?> list) {
      return list;
    }
    throw wrong(field, shown(value), "a list");
  }

  /** Refuses every field that was not asked for and is not among {@code others}. */
  void allow(Set<String> others) throws Malformed {
    for (Map.Entry<String, String> field : spelling.entrySet()) {
      if (!asked.contains(field.getKey()) && !others.contains(field.getKey())) {
        throw new Malformed(place(field.getKey()) + ": unknown field");
      }
    }
  }

  Malformed wrong(String field, String had, String expected) {
    return new Malformed(place(field) + ": had " + had + ", expected " + expected);
  }

  private String place(String field) {
    String name = spelling.getOrDefault(field, field);
    return path.isEmpty() ? name : path + "." + name;
  }

  private static String shown(Object value) {
    return switch (value) {
      case Map<?, ?> mapping -> "fields";
      case List<?> list -> "a list";
      default -> "'" + value + "'";
    };
  }
}
