// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A key fresh from {@link MonetizeKeys#generate}: the hash to keep, and the secret to hand to its
 * owner, once. Thread-safe; never prints the secret.
 */
public final class IssuedKey {

  private final AtomicReference<String> secret;
  private final KeyHash hash;

  IssuedKey(String secret, KeyHash hash) {
    this.secret = new AtomicReference<>(Objects.requireNonNull(secret, "secret"));
    this.hash = hash;
  }

  /** The hash to keep. */
  public KeyHash hash() {
    return hash;
  }

  /**
   * The key itself, to show to its owner.
   *
   * @throws IllegalStateException the second time
   */
  public String takeSecret() {
    String taken = secret.getAndSet(null);
    if (taken == null) {
      throw new IllegalStateException("the secret of " + this + " has been taken already");
    }
    return taken;
  }

  @Override
  public String toString() {
    return "IssuedKey[" + hash.shortId() + "]";
  }
}
