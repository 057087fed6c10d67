// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whose key it is.
 *
 * @param customer the customer's id
 * @param key the key's id: names it in usage, limits and logs, and is no secret
 * @param validUntil from when on the key is refused (expired or revoked), or null
 */
public record KeyOwner(String customer, String key, @Nullable Instant validUntil) {

  public KeyOwner {
    Objects.requireNonNull(customer, "customer");
    Objects.requireNonNull(key, "key");
  }
}
