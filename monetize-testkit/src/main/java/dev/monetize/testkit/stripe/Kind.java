// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.regex.Pattern;

/** How a parameter is read: what came as text becomes what it means. */
@FunctionalInterface
interface Kind {

  /** The value, or a refusal that names where it is. */
  JsonNode read(JsonNode raw, String path);

  Kind TEXT = scalar((text, path) -> TextNode.valueOf(text));
  Kind ANY = (raw, path) -> raw.isTextual() && raw.asText().isEmpty() ? NullNode.instance : raw;

  Kind INTEGER =
      scalar(
          (text, path) -> {
            try {
              return LongNode.valueOf(Long.parseLong(text));
            } catch (NumberFormatException e) {
              throw wrong("parameter_invalid_integer", path, "Invalid integer: " + text);
            }
          });

  List<String> PERIOD_ENDS = List.of("min_period_end", "max_period_end");

  /** A time, or a name for the end of a period. */
  Kind END =
      scalar(
          (text, path) ->
              PERIOD_ENDS.contains(text)
                  ? TextNode.valueOf(text)
                  : INTEGER.read(TextNode.valueOf(text), path));

  /** Without an exponent, as SDKs write small numbers where nobody looks. */
  Pattern DIGITS = Pattern.compile("-?[0-9]{1,30}(\\.[0-9]{1,30})?");

  Kind DECIMAL =
      scalar(
          (text, path) -> {
            if (!DIGITS.matcher(text).matches()) {
              throw wrong("parameter_invalid_decimal", path, "Invalid decimal: " + text);
            }
            return TextNode.valueOf(text);
          });

  Kind BOOLEAN =
      scalar(
          (text, path) -> {
            if (text.equals("true") || text.equals("false")) {
              return BooleanNode.valueOf(text.equals("true"));
            }
            throw wrong("parameter_invalid_boolean", path, "Invalid boolean: " + text);
          });

  /** Texts by name, as metadata are; a name whose text is empty is taken away. */
  Kind HASH =
      (raw, path) -> {
        if (raw.isTextual() && raw.asText().isEmpty()) {
          return NullNode.instance;
        }
        if (raw instanceof ObjectNode) {
          return raw;
        }
        throw wrong("parameter_invalid_hash", path, "Invalid hash");
      };

  static Kind named(String name) {
    return switch (name) {
      case "text" -> TEXT;
      case "int" -> INTEGER;
      case "bool" -> BOOLEAN;
      case "decimal" -> DECIMAL;
      case "hash" -> HASH;
      case "end" -> END;
      case "any" -> ANY;
      default -> throw new IllegalArgumentException("no kind of parameter: " + name);
    };
  }

  static Kind oneOf(List<String> values) {
    return scalar(
        (text, path) -> {
          if (values.contains(text)) {
            return TextNode.valueOf(text);
          }
          String names = String.join(", ", values);
          throw wrong("parameter_invalid", path, "Invalid " + path + ": must be one of " + names);
        });
  }

  /** A reader of texts, where the empty one means nothing. */
  private static Kind scalar(Scalar scalar) {
    return (raw, path) -> {
      if (raw.isNull()) {
        return NullNode.instance;
      }
      if (!raw.isValueNode()) {
        throw wrong("parameter_invalid_string", path, "Invalid string");
      }
      String text = raw.asText();
      return text.isEmpty() ? NullNode.instance : scalar.read(text, path);
    };
  }

  private static StripeError wrong(String code, String path, String message) {
    return StripeError.invalid(code, path, message);
  }

  /** Reads a text that is not empty. */
  @FunctionalInterface
  interface Scalar {
    JsonNode read(String text, String path);
  }
}
