package io.convoy.translation.http;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuthPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import java.util.Map;
import java.util.TreeMap;

/**
 * Fields of Envoy's API that are younger than the messages of java-control-plane: set by their
 * numbers, and made known by name for JSON. A field that the library has learnt is to leave this
 * list: a test sees to it.
 */
public enum NewerFields {
  /** Says in a refusal when a request may pass again. */
  ENABLE_RETRY_AFTER_HEADER(
      LocalRateLimit.getDescriptor(),
      "enable_retry_after_header",
      19,
      FieldDescriptorProto.Type.TYPE_BOOL),
  /** Counts, and refuses nothing. */
  SHADOW_MODE(
      LocalRateLimitDescriptor.getDescriptor(),
      "shadow_mode",
      3,
      FieldDescriptorProto.Type.TYPE_BOOL),
  /** Whether responses say what is left of this limit; an enumeration, in which 1 stands for no. */
  X_RATELIMIT_OPTION(
      RateLimit.getDescriptor(), "x_ratelimit_option", 7, FieldDescriptorProto.Type.TYPE_INT32),
  /** A message whose first field is the header that gets the name of a key's client. */
  FORWARDING(
      ApiKeyAuthPerRoute.getDescriptor(), "forwarding", 4, FieldDescriptorProto.Type.TYPE_MESSAGE);

  private static final DescriptorProto HEADER =
      DescriptorProto.newBuilder()
          .setName("Forwarding")
          .addField(
              FieldDescriptorProto.newBuilder()
                  .setName("header")
                  .setNumber(1)
                  .setType(FieldDescriptorProto.Type.TYPE_STRING)
                  .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL))
          .build();

  private final Descriptor message;
  private final String label;
  private final int number;
  private final FieldDescriptorProto.Type type;

  NewerFields(Descriptor message, String label, int number, FieldDescriptorProto.Type type) {
    this.message = message;
    this.label = label;
    this.number = number;
    this.type = type;
  }

  Descriptor message() {
    return message;
  }

  String label() {
    return label;
  }

  /** Sets the field of a message that has it. */
  void set(Message.Builder builder, int value) {
    set(builder, UnknownFieldSet.Field.newBuilder().addVarint(value));
  }

  /** Sets the field, a message, of a message that has it. */
  void setHeader(Message.Builder builder, String header) {
    var first =
        UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8(header));
    var inner = UnknownFieldSet.newBuilder().addField(1, first.build()).build();
    set(builder, UnknownFieldSet.Field.newBuilder().addLengthDelimited(inner.toByteString()));
  }

  private void set(Message.Builder builder, UnknownFieldSet.Field.Builder field) {
    if (!builder.getDescriptorForType().equals(message)) {
      throw new IllegalArgumentException(
          label + " is no field of " + builder.getDescriptorForType().getFullName());
    }
    builder.setUnknownFields(
        builder.getUnknownFields().toBuilder().mergeField(number, field.build()).build());
  }

  /** The filters that can hold the fields, with the fields in their shape. */
  public static ImmutableList<Descriptor> types() {
    var done = new TreeMap<String, FileDescriptor>();
    return ImmutableList.of(
        completed(LocalRateLimit.getDescriptor(), done),
        completed(ApiKeyAuthPerRoute.getDescriptor(), done));
  }

  private static Descriptor completed(Descriptor filter, Map<String, FileDescriptor> done) {
    return completed(filter.getFile(), done).findMessageTypeByName(filter.getName());
  }

  /** The file with the fields, as those that it imports. */
  private static FileDescriptor completed(FileDescriptor file, Map<String, FileDescriptor> done) {
    FileDescriptor before = done.get(file.getFullName());
    if (before != null) {
      return before;
    }
    FileDescriptor[] imports =
        file.getDependencies().stream()
            .map(each -> completed(each, done))
            .toArray(FileDescriptor[]::new);
    FileDescriptorProto proto = file.toProto();
    FileDescriptorProto with = with(proto);
    boolean same =
        with.equals(proto) && ImmutableList.copyOf(imports).equals(file.getDependencies());
    FileDescriptor result = same ? file : build(with, imports);
    done.put(file.getFullName(), result);
    return result;
  }

  private static FileDescriptorProto with(FileDescriptorProto file) {
    var result = file.toBuilder();
    for (DescriptorProto.Builder candidate : result.getMessageTypeBuilderList()) {
      for (NewerFields field : values()) {
        String name = file.getPackage() + "." + candidate.getName();
        if (name.equals(field.message.getFullName())) {
          FieldDescriptorProto.Builder added =
              candidate
                  .addFieldBuilder()
                  .setName(field.label)
                  .setNumber(field.number)
                  .setType(field.type)
                  .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL);
          if (field.type == FieldDescriptorProto.Type.TYPE_MESSAGE) {
            candidate.addNestedType(HEADER);
            added.setTypeName("." + name + "." + HEADER.getName());
          }
        }
      }
    }
    return result.build();
  }

  private static FileDescriptor build(FileDescriptorProto file, FileDescriptor[] imports) {
    try {
      return FileDescriptor.buildFrom(file, imports);
    } catch (DescriptorValidationException e) {
      throw new IllegalStateException(e);
    }
  }
}
