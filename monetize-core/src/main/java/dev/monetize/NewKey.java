// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.ApiKey;
import dev.monetize.identity.IssuedKey;

/**
 * A key that was just issued.
 *
 * @param key the key as it is kept
 * @param issued holds the secret, once; prints none of it
 */
public record NewKey(ApiKey key, IssuedKey issued) {

  /**
   * The key itself, to hand to its owner.
   *
   * @throws IllegalStateException the second time
   */
  public String takeSecret() {
    return issued.takeSecret();
  }
}
