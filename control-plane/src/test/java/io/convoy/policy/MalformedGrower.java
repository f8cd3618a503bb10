package io.convoy.policy;

import io.convoy.fixture.Malformed;
import io.convoy.fixture.Malformed.Part;
import io.convoy.policy.RawDocument.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Adds to the malformed documents: spoils the examples in the documentation, one place of each at a
 * time, and keeps what is refused in words that no other document of the kind is.
 */
final class MalformedGrower {
  private static final int OF_A_KIND = 60;
  private static final Pattern VALUE = Pattern.compile("(?<=: |- |\\[|, )[^\\s,{}\\[\\]#]+");
  private static final Pattern KEY = Pattern.compile("\\b[A-Z]\\w*(?=:)");
  private static final Pattern NAME_LINE = Pattern.compile("(?m)^Name: .*\\n");

  private static final List<List<Part>> HOSTILE =
      List.of(
          times("[", 3000),
          times("{a: ", 3000),
          times("- ", 3000),
          times("? ", 3000),
          List.of(Part.times("[[", 100), Part.times("]]", 100)),
          text("&a [*a, *a]"),
          text(
              "\nb1: &b1 [x,x,x,x,x,x,x,x,x]\nb2: &b2 [*b1,*b1,*b1,*b1,*b1,*b1,*b1,*b1,*b1]\nb3: &b3 [*b2,*b2,*b2,*b2,*b2,*b2,*b2,*b2,*b2]\nb4: &b4 [*b3,*b3,*b3,*b3,*b3,*b3,*b3,*b3,*b3]\nb5: &b5 [*b4,*b4,*b4,*b4,*b4,*b4,*b4,*b4,*b4]\nb6: [*b5,*b5,*b5,*b5,*b5,*b5,*b5,*b5,*b5]\n"),
          text("*nobody"),
          text("!!java.net.URL [http://x.test]"),
          text("!mine x"),
          text("{<<: {a: 1}}"),
          List.of(Part.hex("C328")),
          List.of(Part.hex("FFFE00")),
          text("\u0000"),
          text("\"\\ud800\""),
          text("\"unclosed"),
          text("'a\tb\u0007'"),
          List.of(Part.times("9", 5000)),
          text("1e999999999"),
          text("-1"),
          text("99999999999999999999"),
          text("4294967296"),
          text("0x7f"),
          text(".nan"),
          text("true"),
          text("7"),
          text("''"),
          text("' '"),
          text("[]"),
          text("[7]"),
          text("{X: 1}"),
          text("'../../etc/passwd'"),
          text("'\u202Egnp.exe'"),
          List.of(Part.of("\""), Part.times("x", 200_000), Part.of("\"")),
          List.of(Part.of("\""), Part.times("x", 1_100_000), Part.of("\"")),
          List.of(Part.of("'"), Part.times("(a*)*", 100), Part.of("'")),
          text("'((a{1000}){1000}){1000}'"),
          List.of(Part.of("'"), Part.times("(", 900), Part.of("'")),
          text("'(?<n>a)\\1(?=b)'"),
          text("'[z-a]'"),
          text("'\u00FC+'"),
          text("'10.0.0.0/33'"),
          text("'2001:db8::/129'"),
          text("'999.1.1.1'"),
          text("'10.0.0.1%eth0'"),
          text("1y"),
          text("-5s"),
          text("999999999999h"),
          text("'1h 1m'"),
          text("'!not base64!'"),
          text("e30="),
          text("eyJrZXlzIjpbXX0="),
          text("eyJrZXlzIjpbeyJrdHkiOiJSU0EiLCJuIjoiQVFBQiIsImUiOiJBUUFCIn1dfQ=="),
          text("eyJrZXlzIjo="),
          text("'http://169.254.169.254/latest'"),
          text("'file:///etc/shadow'"),
          text("'https://x.test:99999/'"),
          text("'%REQ(a?b?c'"),
          text("'x-convoy-jwt-iss'"),
          text("':path'"));

  private MalformedGrower() {}

  private static List<Part> text(String text) {
    return List.of(Part.of(text));
  }

  private static List<Part> times(String text, int times) {
    return List.of(Part.times(text, times));
  }

  /** Those that are refused still, and new ones for the kinds that have fewer than others. */
  static List<Malformed> grow(List<Malformed> present) throws IOException {
    List<Malformed> all = new ArrayList<>();
    for (String kind : DocumentParser.kinds()) {
      List<Malformed> ofKind =
          new ArrayList<>(
              present.stream()
                  .filter(one -> one.kind().equals(kind))
                  .filter(one -> parse(one).problem().isPresent())
                  .toList());
      if (ofKind.size() < OF_A_KIND) {
        grow(kind, ofKind);
      }
      all.addAll(ofKind);
    }
    return all;
  }

  private static void grow(String kind, List<Malformed> ofKind) throws IOException {
    Set<String> words = new HashSet<>();
    ofKind.forEach(one -> words.add(words(one)));
    List<List<Part>> candidates = candidates(kind);
    int next = ofKind.size();
    for (List<Part> parts : candidates) {
      if (ofKind.size() >= OF_A_KIND) {
        return;
      }
      var one = new Malformed(kind, "bad-%s-%03d".formatted(kind, next), parts);
      if (parse(one).problem().isPresent() && words.add(words(one))) {
        ofKind.add(one);
        next++;
      }
    }
  }

  static DocumentParser.Parsed parse(Malformed one) {
    return DocumentParser.parse(
        new RawDocument(
            Source.KV, one.key(), new DocumentId(one.kind(), one.name()), one.text(), 1, 1));
  }

  /** Why it is refused, without its own place. */
  private static String words(Malformed one) {
    return parse(one).problem().orElse("").substring(one.key().length()).replaceFirst("^:\\d+", "");
  }

  private static List<List<Part>> candidates(String kind) throws IOException {
    Path file = Path.of("..", "docs", "examples", kind + ".yaml");
    List<List<Part>> candidates = new ArrayList<>();
    for (RawDocument example :
        DocumentParser.split(file.toString(), Files.readString(file), 1, 1)) {
      String text = NAME_LINE.matcher(example.text()).replaceFirst("");
      for (List<Part> hostile : HOSTILE) {
        VALUE
            .matcher(text)
            .results()
            .forEach(found -> candidates.add(spoilt(text, found.start(), hostile, found.end())));
      }
      KEY.matcher(text)
          .results()
          .forEach(found -> {
            candidates.add(spoilt(text, found.start(), text("Un" + found.group()), found.end()));
            candidates.add(
                spoilt(
                    text,
                    found.start(),
                    text(found.group() + ": 1, " + found.group()),
                    found.end()));
            candidates.add(spoilt(text, found.start(), text("? " + found.group()), found.end()));
          });
      for (int i = 1; i < text.length(); i += 7) {
        candidates.add(text(text.substring(0, i)));
      }
    }
    Collections.shuffle(candidates, new Random(kind.hashCode()));
    return candidates;
  }

  private static List<Part> spoilt(String text, int from, List<Part> hostile, int to) {
    List<Part> parts = new ArrayList<>();
    parts.add(Part.of(text.substring(0, from)));
    parts.addAll(hostile);
    parts.add(Part.of(text.substring(to)));
    return parts;
  }
}
