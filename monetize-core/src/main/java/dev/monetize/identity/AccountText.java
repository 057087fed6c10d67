// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Customers, keys and subscriptions as texts, for stores that keep those: JSON objects on one line,
 * the same as in an {@link AccountFile}.
 *
 * <p>Reading throws {@link IllegalArgumentException} for what is damaged, or was written by a newer
 * Monetize that keeps more.
 */
public final class AccountText {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private AccountText() {}

  /** A customer's text. */
  public static String of(Customer customer) {
    return AccountJson.write(customer).toString();
  }

  /** A key's text. */
  public static String of(ApiKey key) {
    return AccountJson.write(key).toString();
  }

  /** A subscription's text. */
  public static String of(Subscription subscription) {
    return AccountJson.write(subscription).toString();
  }

  /** The customer of a text. */
  public static Customer customer(String text) {
    return AccountJson.customer(object(text));
  }

  /** The key of a text. */
  public static ApiKey key(String text) {
    return AccountJson.key(object(text));
  }

  /** The subscription of a text. */
  public static Subscription subscription(String text) {
    return AccountJson.subscription(object(text));
  }

  private static JsonNode object(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
