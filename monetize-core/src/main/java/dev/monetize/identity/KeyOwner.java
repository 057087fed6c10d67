// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whose key it is.
 *
 * @param customer the customer's id: 1 to 128 characters of {@code A-Z a-z 0-9 . _ : @ -}
 * @param key the key's id, of the same characters: names it in usage, limits and logs, no secret
 * @param validUntil from when on the key is refused (expired or revoked), or null
 */
public record KeyOwner(String customer, String key, @Nullable Instant validUntil) {

  public KeyOwner {
    Valid.id("customer id", customer);
    Valid.id("key id", key);
  }

  /** The owner of a key that has no id of its own: the first digits of its hash name it. */
  public static KeyOwner of(String customer, KeyHash hash) {
    return new KeyOwner(customer, hash.shortId(), null);
  }
}
