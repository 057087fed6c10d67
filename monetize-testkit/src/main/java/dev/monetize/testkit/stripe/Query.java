// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A search like {@code email:'a@example.org' AND metadata['tenant']:'7'}: equality, and AND. */
record Query(List<Term> terms) {

  /** One field that must be so. */
  record Term(String field, String key, String value) {
    boolean matches(JsonNode object) {
      JsonNode at = object.path(field);
      return value.equals((key.isEmpty() ? at : at.path(key)).asText(""));
    }
  }

  private static final Pattern TERM =
      Pattern.compile("\\s*(\\w+)(?:\\[[\"']([^\"']+)[\"']\\])?:[\"']([^\"']*)[\"']\\s*");

  static Query of(String text) {
    List<Term> terms = new ArrayList<>();
    for (String part : text.split("(?i)\\sAND\\s", -1)) {
      Matcher matcher = TERM.matcher(part);
      if (!matcher.matches()) {
        throw StripeError.invalid(
            "parameter_invalid", "query", "This search is not understood here: " + text);
      }
      String key = matcher.group(2);
      terms.add(new Term(matcher.group(1), key == null ? "" : key, matcher.group(3)));
    }
    return new Query(terms);
  }

  boolean matches(JsonNode object) {
    return terms.stream().allMatch(term -> term.matches(object));
  }
}
