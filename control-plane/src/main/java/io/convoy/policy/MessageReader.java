package io.convoy.policy;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import io.convoy.config.v1.CommonProto;
import io.convoy.policy.RawDocument.Source;
import io.convoy.policy.Value.Mapping;
import io.convoy.policy.Value.Member;
import io.convoy.policy.Value.Scalar;
import io.convoy.policy.Value.ScalarType;
import io.convoy.policy.Value.Sequence;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Fills a message of {@code proto/} from what a text holds. Consul's names of fields and those in
 * snake case are both read. What {@code null} is given to is left out.
 */
final class MessageReader {
  /** What Consul adds to an entry on its own account. */
  private static final ImmutableSet<String> BOOKKEEPING =
      ImmutableSet.of("Hash", "CreateIndex", "ModifyIndex", "Status", "Precedence", "Type");

  private static final Map<Descriptor, ImmutableMap<String, FieldDescriptor>> FIELDS =
      new ConcurrentHashMap<>();

  private final Reading reading;
  private final boolean fromConsul;

  private MessageReader(Reading reading) {
    this.reading = reading;
    this.fromConsul = reading.raw().source() == Source.CONFIG_ENTRY;
  }

  /** Reads a whole document. Throws a {@link Refusal}. */
  @SuppressWarnings("unchecked") // a builder builds what it was made for
  static <M extends Message> M read(Mapping mapping, M prototype, Reading reading) {
    Message.Builder builder = prototype.newBuilderForType();
    new MessageReader(reading).message(mapping, builder, reading.top());
    return (M) builder.build();
  }

  private void message(Mapping mapping, Message.Builder builder, At at) {
    ImmutableMap<String, FieldDescriptor> fields = fields(builder.getDescriptorForType());
    Map<FieldDescriptor, String> given = new HashMap<>();
    for (Member member : mapping.members()) {
      FieldDescriptor field = fields.get(member.key());
      if (field == null) {
        unknown(member, fields.values(), at);
        continue;
      }
      At here = at.field(field.getJsonName());
      reading.line(here.path(), member.line());
      String other = given.putIfAbsent(field, member.key());
      if (other != null) {
        throw here.refusal(
            "both " + other + " and " + member.key(), "expected one name for the field");
      }
      member(member.value(), field, builder, here);
    }
  }

  private void unknown(Member member, Iterable<FieldDescriptor> fields, At at) {
    boolean top = at.path().isEmpty();
    if (fromConsul && top && BOOKKEEPING.contains(member.key())) {
      return;
    }
    At here = at.unknown(member.key());
    reading.line(here.path(), member.line());
    if (fromConsul) {
      if (!member.value().zero()) {
        here.warn("is not known to Convoy and has no effect");
      }
      return;
    }
    var known = new TreeSet<String>();
    fields.forEach(field -> known.add(field.getJsonName()));
    throw here.refusal(
        "an unknown field",
        "expected one of " + String.join(", ", known) + Suggestion.among(known, member.key()));
  }

  private void member(Value value, FieldDescriptor field, Message.Builder builder, At at) {
    if (ignored(value, field, at) || isNull(value)) {
      return;
    }
    if (Secrets.is(field, value)) {
      at.secret();
    }
    if (field.isMapField()) {
      map(value, field, builder, at);
    } else if (field.isRepeated()) {
      repeated(value, field, builder, at);
    } else {
      Object single = single(value, field, builder, at);
      if (single != null) {
        builder.setField(field, single);
      }
    }
  }

  /** Whether Convoy does not act upon the field; says so where it holds anything. */
  private static boolean ignored(Value value, FieldDescriptor field, At at) {
    FieldOptions options = field.getOptions();
    boolean enterpriseDefault =
        value instanceof Scalar scalar
            && scalar.text().equals("default")
            && (field.getName().equals("namespace") || field.getName().equals("partition"));
    if (options.hasExtension(CommonProto.guard)) {
      if (!value.zero() && !enterpriseDefault) {
        throw at.refusal(
            value.shown(), "expected nothing: " + options.getExtension(CommonProto.guard));
      }
      return true;
    }
    if (!options.hasExtension(CommonProto.unused)) {
      return false;
    }
    if (!value.zero() && !enterpriseDefault) {
      at.warn("has no effect: " + options.getExtension(CommonProto.unused));
    }
    return true;
  }

  private void map(Value value, FieldDescriptor field, Message.Builder builder, At at) {
    if (!(value instanceof Mapping mapping)) {
      throw at.refusal(value.shown(), "expected a mapping");
    }
    FieldDescriptor entryKey = field.getMessageType().findFieldByName("key");
    FieldDescriptor entryValue = field.getMessageType().findFieldByName("value");
    for (Member member : mapping.members()) {
      At here = at.key(member.key());
      reading.line(here.path(), member.line());
      Message.Builder entry = builder.newBuilderForField(field);
      entry.setField(entryKey, member.key());
      Value held = member.value();
      boolean emptyMessage =
          isNull(held) && entryValue.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      Object single = emptyMessage ? null : single(held, entryValue, entry, here);
      if (single != null) {
        entry.setField(entryValue, single);
      }
      builder.addRepeatedField(field, entry.build());
    }
  }

  private void repeated(Value value, FieldDescriptor field, Message.Builder builder, At at) {
    if (!(value instanceof Sequence sequence)) {
      throw at.refusal(Secrets.bears(field) ? "something else" : value.shown(), "expected a list");
    }
    int index = 0;
    for (Value item : sequence.items()) {
      At here = at.index(index++);
      reading.line(here.path(), item.line());
      Object single = single(item, field, builder, here);
      if (single != null) {
        builder.addRepeatedField(field, single);
      }
    }
  }

  /** Null where the field is to be left out. */
  private @Nullable Object single(
      Value value, FieldDescriptor field, Message.Builder builder, At at) {
    if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
      return scalar(value, field, at);
    }
    Descriptor type = field.getMessageType();
    if (type.getFullName().equals(Duration.getDescriptor().getFullName())) {
      return duration(value, at);
    }
    if (type.getFullName().equals(com.google.protobuf.Value.getDescriptor().getFullName())) {
      return com.google.protobuf.Value.getDefaultInstance();
    }
    if (!(value instanceof Mapping mapping)) {
      throw at.refusal(
          Secrets.bears(field) ? "something else" : value.shown(), "expected a mapping");
    }
    Message.Builder inner = builder.newBuilderForField(field);
    message(mapping, inner, at);
    return inner.build();
  }

  private static Object scalar(Value value, FieldDescriptor field, At at) {
    return switch (field.getJavaType()) {
      case STRING -> string(value, at);
      case BOOLEAN ->
          Boolean.parseBoolean(text(value, ScalarType.BOOLEAN, "expected true or false", at));
      case INT -> (int) integer(value, Integer.MAX_VALUE, at);
      case LONG -> integer(value, Long.MAX_VALUE, at);
      case DOUBLE -> decimal(value, at);
      case FLOAT, ENUM, BYTE_STRING, MESSAGE ->
          throw new IllegalStateException("no document has a field like " + field.getFullName());
    };
  }

  private static String string(Value value, At at) {
    if (value instanceof Scalar scalar && scalar.type() == ScalarType.STRING) {
      return scalar.text();
    }
    boolean quotable = value instanceof Scalar scalar && scalar.type() != ScalarType.NULL;
    throw at.refusal(value.shown(), "expected a string" + (quotable ? ": put it into quotes" : ""));
  }

  private static String text(Value value, ScalarType type, String expected, At at) {
    if (value instanceof Scalar scalar && scalar.type() == type) {
      return scalar.text();
    }
    throw at.refusal(value.shown(), expected);
  }

  /** All integers of documents are unsigned. */
  private static long integer(Value value, long max, At at) {
    String expected = "expected a whole number from 0 to " + max;
    String text = text(value, ScalarType.INTEGER, expected, at);
    if (text.length() <= 30) {
      var number = new BigInteger(text);
      if (number.signum() >= 0 && number.compareTo(BigInteger.valueOf(max)) <= 0) {
        return number.longValueExact();
      }
    }
    throw at.refusal(value.shown(), expected);
  }

  private static double decimal(Value value, At at) {
    boolean number =
        value instanceof Scalar scalar
            && (scalar.type() == ScalarType.DECIMAL || scalar.type() == ScalarType.INTEGER)
            && scalar.text().length() <= 50;
    if (!number) {
      throw at.refusal(value.shown(), "expected a number");
    }
    return new BigDecimal(((Scalar) value).text()).doubleValue();
  }

  private @Nullable Duration duration(Value value, At at) {
    String expected =
        "expected a duration such as \"500ms\" or \"1m30s\", or whole nanoseconds, below 293 years";
    if (!(value instanceof Scalar scalar)) {
      throw at.refusal(value.shown(), expected);
    }
    boolean number = scalar.type() == ScalarType.INTEGER && scalar.text().length() <= 30;
    boolean string = scalar.type() == ScalarType.STRING;
    var parsed =
        number
            ? GoDuration.nanos(new BigInteger(scalar.text()))
            : string
                ? GoDuration.parse(scalar.text())
                : java.util.Optional.<java.time.Duration>empty();
    if (fromConsul && (scalar.text().isEmpty() || parsed.filter(d -> d.isZero()).isPresent())) {
      // Go's zero value: Consul does not tell it from a field that is left out.
      return null;
    }
    return parsed
        .map(d -> Duration.newBuilder().setSeconds(d.getSeconds()).setNanos(d.getNano()).build())
        .orElseThrow(() -> at.refusal(value.shown(), expected));
  }

  private static boolean isNull(Value value) {
    return value instanceof Scalar scalar && scalar.type() == ScalarType.NULL;
  }

  private static ImmutableMap<String, FieldDescriptor> fields(Descriptor type) {
    return FIELDS.computeIfAbsent(
        type,
        key -> {
          var fields = ImmutableMap.<String, FieldDescriptor>builder();
          for (FieldDescriptor field : key.getFields()) {
            fields.put(field.getJsonName(), field);
            fields.put(field.getName(), field);
          }
          return fields.buildKeepingLast();
        });
  }
}
