// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path pattern, of one method or of any: {@code POST /v1/generate}, {@code /v1/*}. One of {@code
 * GET} holds for HEAD too, so that HEAD opens nothing that GET does not.
 */
public record EndpointPattern(Optional<String> method, PathPattern path) {

  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z-]{0,19}");

  /**
   * @throws IllegalArgumentException if the method is none
   */
  public EndpointPattern {
    Objects.requireNonNull(path, "path");
    String fault = method.map(EndpointPattern::methodFault).orElse(null);
    if (fault != null) {
      throw new IllegalArgumentException(
          "pattern " + Shown.quoted(method.get() + " " + path) + ": " + fault);
    }
  }

  /**
   * Reads {@code POST /v1/generate} or {@code /v1/*}.
   *
   * @throws IllegalArgumentException if it can never match
   */
  public static EndpointPattern of(String text) {
    String fault = fault(text);
    if (fault != null) {
      throw new IllegalArgumentException("pattern " + Shown.quoted(text) + ": " + fault);
    }
    return parsed(text);
  }

  /** Reads it for a tier file, where the refusal tells only what was expected. */
  static EndpointPattern read(String text) {
    String fault = fault(text);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    return parsed(text);
  }

  private static EndpointPattern parsed(String text) {
    int space = text.indexOf(' ');
    return new EndpointPattern(
        space < 0 ? Optional.empty() : Optional.of(text.substring(0, space)),
        new PathPattern(text.substring(space + 1)));
  }

  private static @Nullable String fault(String text) {
    int space = text.startsWith("/") ? -1 : text.indexOf(' ');
    String fault = space < 0 ? null : methodFault(text.substring(0, space));
    return fault == null ? PathPattern.fault(text.substring(space + 1)) : fault;
  }

  private static @Nullable String methodFault(String method) {
    if (method.equals("HEAD")) {
      return "HEAD is treated as GET; write GET";
    }
    return METHOD.matcher(method).matches()
        ? null
        : "expected a method in upper case and one space before the path, such as GET /v1/reports";
  }

  boolean covers(String calledMethod) {
    return method.isEmpty() || method.get().equals(calledMethod);
  }

  /** Equal for two patterns that match exactly the same calls. */
  String shape() {
    List<String> segments = path.segments();
    StringBuilder shape = new StringBuilder(method.orElse(""));
    for (String segment : segments) {
      shape.append('/').append(PathPattern.isVariable(segment) ? "{}" : segment);
    }
    return shape.toString();
  }

  @Override
  public String toString() {
    return method.map(name -> name + " " + path).orElse(path.text());
  }
}
