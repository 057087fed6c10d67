// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A secret of the server's under which API keys are hashed, so that a stolen account file alone
 * cannot be tried against guesses. Immutable; never prints its secret.
 */
public final class Pepper {

  static final int LEAST_BYTES = 32;
  private static final int MOST_BYTES = 1_024;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,32}");

  private final String id;
  private final byte[] secret;

  private Pepper(String id, byte[] secret) {
    this.id = id;
    this.secret = secret;
  }

  /**
   * A pepper.
   *
   * @param id 1 to 32 characters of {@code A-Z a-z 0-9 . _ -}
   * @param secret 32 to 1,024 random bytes; copied
   */
  public static Pepper of(String id, byte[] secret) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "pepper id must be 1 to 32 characters of A-Z a-z 0-9 . _ -, got " + Valid.shown(id));
    }
    Objects.requireNonNull(secret, "secret");
    if (secret.length < LEAST_BYTES || secret.length > MOST_BYTES) {
      throw new IllegalArgumentException(
          "pepper \"" + id + "\" must have 32 to 1,024 bytes, got " + secret.length);
    }
    return new Pepper(id, secret.clone());
  }

  /** Its name. */
  public String id() {
    return id;
  }

  /** Its bytes; not to be changed or kept. */
  byte[] secret() {
    return secret;
  }

  @Override
  public String toString() {
    return "Pepper[" + id + "]";
  }
}
