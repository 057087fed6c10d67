// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path with literal segments, {@code {name}} for one segment, and {@code *} at the end for
 * everything below: {@code /v1/*} covers {@code /v1} and {@code /v1/a/b}.
 *
 * <p>Case matters. A slash at the end of a path does not: {@code /v1/x/} is treated as {@code
 * /v1/x}, since many an app serves both alike.
 */
public record PathPattern(String text) {

  static final String REST = "*";

  private static final int LONGEST = 500;
  private static final int MOST_SEGMENTS = 50;
  private static final Pattern VARIABLE = Pattern.compile("\\{[A-Za-z_][A-Za-z0-9_-]*}");

  /**
   * @throws IllegalArgumentException if it can never match a path in normal form
   */
  public PathPattern {
    String fault = fault(Objects.requireNonNull(text, "text"));
    if (fault != null) {
      throw new IllegalArgumentException("pattern " + Shown.quoted(text) + ": " + fault);
    }
  }

  /** The segments between the slashes; none for {@code /}. */
  List<String> segments() {
    return segments(text);
  }

  static boolean isVariable(String segment) {
    return segment.startsWith("{");
  }

  private static List<String> segments(String text) {
    return text.equals("/") ? List.of() : List.of(text.substring(1).split("/", -1));
  }

  /** Why it is no pattern, or null. */
  static @Nullable String fault(String text) {
    if (!text.startsWith("/")) {
      return "expected a path that begins with /, such as /v1/reports or GET /v1/reports";
    }
    if (text.length() > LONGEST) {
      return "expected at most " + LONGEST + " characters, got " + text.length();
    }
    List<String> segments = segments(text);
    if (segments.size() > MOST_SEGMENTS) {
      return "expected at most " + MOST_SEGMENTS + " segments, got " + segments.size();
    }
    for (int i = 0; i < segments.size(); i++) {
      String fault = segmentFault(segments.get(i), /* last= */ i == segments.size() - 1);
      if (fault != null) {
        return fault;
      }
    }
    List<String> variables = segments.stream().filter(PathPattern::isVariable).toList();
    return variables.stream().distinct().count() == variables.size()
        ? null
        : "expected different names in its {variables}";
  }

  private static @Nullable String segmentFault(String segment, boolean last) {
    if (segment.isEmpty()) {
      return last
          ? "expected no / at the end; /v1/x/ is treated as /v1/x"
          : "// is in no path in normal form";
    }
    if (segment.equals(".") || segment.equals("..")) {
      return segment + " is in no path in normal form";
    }
    if (segment.equals(REST)) {
      return last ? null : "* is only possible as the last segment";
    }
    if (VARIABLE.matcher(segment).matches()) {
      return null;
    }
    return literalFault(segment);
  }

  private static @Nullable String literalFault(String segment) {
    if (segment.contains(REST)) {
      return "* must be a whole segment, as in /v1/*";
    }
    if (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0) {
      return "a variable must be a whole segment with a name, as in /v1/{id}";
    }
    if (segment.indexOf('%') >= 0) {
      return "expected the decoded path, without % escapes";
    }
    if (segment.chars().anyMatch(c -> c == '?' || c == '#' || c == ';')) {
      return "expected a path only, without ?, # or ;";
    }
    return segment.chars().anyMatch(c -> c == '\\' || c <= ' ' || c == 0x7f)
        ? "expected no space, control character or backslash"
        : null;
  }

  @Override
  public String toString() {
    return text;
  }
}
