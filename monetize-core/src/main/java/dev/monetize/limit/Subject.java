// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Objects;

/**
 * Who is held to limits: a customer, calling with one of its keys.
 *
 * @param customer the customer's id; limits of {@link Scope#CUSTOMER} are kept under it
 * @param key the key's id; limits of {@link Scope#KEY} are kept under both
 */
public record Subject(String customer, String key) {

  public Subject {
    Objects.requireNonNull(customer, "customer");
    Objects.requireNonNull(key, "key");
  }
}
