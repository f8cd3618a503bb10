package io.convoy.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableList;
import com.google.common.hash.Hashing;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.convoy.config.v1.CommonProto;
import io.convoy.policy.TextReader.Unreadable;
import io.convoy.policy.Value.Mapping;
import io.convoy.policy.Value.Member;
import io.convoy.policy.Value.Scalar;
import io.convoy.policy.Value.ScalarType;
import io.convoy.policy.Value.Sequence;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Which values of documents are secrets, and what stands in their place where others look. */
public final class Secrets {
  /** No secret begins so; a field that holds one refuses what does. */
  static final String MARK = "<redacted ";

  private static final int FINGERPRINT = 12;

  private Secrets() {}

  /** What is shown for a secret: tells two apart and tells nothing else. */
  public static String fingerprint(String secret) {
    String hash = Hashing.sha256().hashString(secret, UTF_8).toString();
    return MARK + "sha256:" + hash.substring(0, FINGERPRINT) + ">";
  }

  /** Refuses what stands for a secret that was left out. */
  static void refuseFingerprint(String secret, At at) {
    at.secret()
        .require(!secret.startsWith(MARK), "a fingerprint", "expected the secret that it is of");
  }

  /** Whether a document of this kind may hold a secret. */
  static boolean possible(String kind) {
    Kind<?> known = Kind.ALL.get(kind);
    return known != null && bears(known.prototype().getDescriptorForType());
  }

  /** Whether the value is a secret, given to this field. */
  static boolean is(FieldDescriptor field, Value value) {
    return switch (field.getOptions().getExtension(CommonProto.secret)) {
      case NEVER, UNRECOGNIZED -> false;
      case ALWAYS -> true;
      case SYMMETRIC_KEYS -> !(value instanceof Scalar scalar) || symmetric(scalar.text());
    };
  }

  /** Whether the key set, as it is or in base64, holds a symmetric key or cannot be read. */
  public static boolean symmetric(String keys) {
    String json = keys.stripLeading();
    if (!json.startsWith("{")) {
      try {
        json = new String(Base64.getMimeDecoder().decode(keys), UTF_8);
      } catch (IllegalArgumentException e) {
        return true;
      }
    }
    try {
      return symmetric(TextReader.json(json));
    } catch (Unreadable e) {
      return true;
    }
  }

  private static boolean symmetric(Value value) {
    return switch (value) {
      case Scalar scalar -> scalar.text().equals("oct");
      case Sequence sequence -> sequence.items().stream().anyMatch(Secrets::symmetric);
      case Mapping mapping ->
          mapping.members().stream().anyMatch(member -> symmetric(member.value()));
    };
  }

  /** {@code document}, of this kind, with fingerprints in the place of secrets. */
  static Value hidden(Value document, String kind) {
    Kind<?> known = Kind.ALL.get(kind);
    if (known == null) {
      return document;
    }
    return bears(known.prototype().getDescriptorForType())
        ? hidden(document, known.prototype().getDescriptorForType())
        : document;
  }

  private static Value hidden(Value value, Descriptor type) {
    return switch (value) {
      case Mapping mapping -> {
        var members = ImmutableList.<Member>builder();
        for (Member member : mapping.members()) {
          members.add(
              new Member(member.key(), member.line(), hidden(member, field(type, member.key()))));
        }
        yield new Mapping(mapping.line(), members.build());
      }
      case Sequence sequence ->
          new Sequence(
              sequence.line(), sequence.items().stream().map(item -> hidden(item, type)).toList());
      // Not what belongs here, so that nobody knows what it is.
      case Scalar scalar -> bears(type) ? hidden(scalar) : scalar;
    };
  }

  /** Of what has no field it is not known what it is. */
  private static Value hidden(Member member, Optional<FieldDescriptor> field) {
    if (field.isEmpty() || is(field.get(), member.value())) {
      return hidden(member.value());
    }
    boolean message = field.get().getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    return message && !field.get().isMapField()
        ? hidden(member.value(), field.get().getMessageType())
        : member.value();
  }

  private static Value hidden(Value value) {
    return switch (value) {
      case Mapping mapping ->
          new Mapping(
              mapping.line(),
              mapping.members().stream()
                  .map(member -> new Member(member.key(), member.line(), hidden(member.value())))
                  .toList());
      case Sequence sequence ->
          new Sequence(
              sequence.line(), sequence.items().stream().map(item -> hidden(item)).toList());
      case Scalar scalar ->
          scalar.text().startsWith(MARK)
              ? scalar
              : new Scalar(scalar.line(), ScalarType.STRING, fingerprint(scalar.text()));
    };
  }

  private static Optional<FieldDescriptor> field(Descriptor type, String key) {
    return type.getFields().stream()
        .filter(field -> field.getJsonName().equals(key) || field.getName().equals(key))
        .findFirst();
  }

  private static boolean bears(Descriptor type) {
    return bears(type, new HashSet<>());
  }

  private static boolean bears(Descriptor type, Set<Descriptor> seen) {
    return seen.add(type)
        && type.getFields().stream()
            .anyMatch(field ->
                field.getOptions().hasExtension(CommonProto.secret)
                    || (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
                        && bears(field.getMessageType(), seen)));
  }

  /** Whether what is given to this field holds a secret, or should. */
  static boolean bears(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && bears(field.getMessageType());
  }
}
