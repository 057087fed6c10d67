// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.tier.FileNode.Scalar;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Texts for people and for the app. */
final class Texts {

  private static final int LONGEST = 500;
  private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");
  private static final Pattern NUMBER_LIKE =
      Pattern.compile("[-+.]?[0-9][0-9a-fA-FxXoOeE_:.+-]*|[-+]?\\.(inf|Inf|INF|nan|NaN|NAN)");
  private static final Set<String> TRUTH_LIKE =
      Set.of("yes", "no", "on", "off", "y", "n", "null", "~", "");

  private Texts() {}

  /** One line of text. */
  static String line(String text) {
    if (text.isBlank()
        || text.length() > LONGEST
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("expected one line of 1 to " + LONGEST + " characters");
    }
    return text;
  }

  /** Where to send customers. */
  static String url(String text) {
    try {
      URI uri = new URI(text);
      boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (web && uri.getHost() != null && text.length() <= LONGEST) {
        return text;
      }
    } catch (URISyntaxException e) {
      // refused below
    }
    throw new IllegalArgumentException("expected a URL such as https://example.com/upgrade");
  }

  /** true or false, a whole number, or a text; what could be taken for two of them is refused. */
  static Object feature(Scalar scalar) {
    String text = scalar.text();
    if (scalar.quoted()) {
      return line(text);
    }
    if (text.equals("true") || text.equals("false")) {
      return Boolean.valueOf(text);
    }
    if (NUMBER.matcher(text).matches()) {
      return Long.valueOf(text);
    }
    boolean ambiguous =
        NUMBER_LIKE.matcher(text).matches()
            || TRUTH_LIKE.contains(text.toLowerCase(Locale.ROOT))
            || text.equalsIgnoreCase("true")
            || text.equalsIgnoreCase("false");
    if (ambiguous) {
      throw new IllegalArgumentException(
          "expected true, false, a whole number or a text; put it in quotes if it is a text");
    }
    return line(text);
  }
}
