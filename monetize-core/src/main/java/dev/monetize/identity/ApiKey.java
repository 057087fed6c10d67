// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is kept: its hash, never its secret.
 *
 * @param id names the key in usage, limits and logs, and is no secret: {@link #randomId} makes one.
 *     Characters as in a customer's id
 * @param customer the customer's id; a key never changes hands
 * @param label for people to read: at most 200 characters, no control characters
 * @param validUntil from when on it is refused (expired, revoked or rotated out), or null
 * @param revoked whether somebody ended it then, and did not set that end before
 * @param successor id of the key that was issued in its place when it was rotated, or null
 */
public record ApiKey(
    String id,
    String customer,
    KeyHash hash,
    String label,
    Instant created,
    @Nullable Instant validUntil,
    boolean revoked,
    @Nullable String successor)
    implements Entry {

  private static final int RANDOM_CHARACTERS = 12;
  private static final String TEST_ID = "key_test_";

  public ApiKey {
    Valid.id("key id", id);
    Valid.id("customer id", customer);
    Objects.requireNonNull(hash, "hash");
    Valid.text("key label", label, 200);
    Objects.requireNonNull(created, "created");
    if (revoked) {
      Objects.requireNonNull(validUntil, "validUntil of a key that was revoked");
    }
    if (successor != null) {
      Valid.id("key id", successor);
      Objects.requireNonNull(validUntil, "validUntil of a key that was rotated");
    }
  }

  /** A key that was neither revoked nor rotated. */
  public ApiKey(
      String id,
      String customer,
      KeyHash hash,
      String label,
      Instant created,
      @Nullable Instant validUntil) {
    this(id, customer, hash, label, created, validUntil, /* revoked= */ false, null);
  }

  /**
   * A new id: {@code key_}, or {@code key_test_} for a test key, and 12 random letters and digits
   * (71 bits).
   */
  public static String randomId(SecureRandom random, MonetizeKeys.Mode mode) {
    String prefix = mode == MonetizeKeys.Mode.TEST ? TEST_ID : "key_";
    return prefix + Base62.random(random, RANDOM_CHARACTERS);
  }

  /** Whether its id says that it is a test key. */
  public MonetizeKeys.Mode mode() {
    return id.startsWith(TEST_ID) ? MonetizeKeys.Mode.TEST : MonetizeKeys.Mode.LIVE;
  }

  /** This key, refused from that moment on, as one that expires. Null: never. */
  public ApiKey withValidUntil(@Nullable Instant end) {
    return new ApiKey(id, customer, hash, label, created, end);
  }

  /** This key, which another was issued in place of: it ends then, unless it does before. */
  public ApiKey withSuccessor(String key, Instant end) {
    Instant until = validUntil != null && validUntil.isBefore(end) ? validUntil : end;
    return new ApiKey(id, customer, hash, label, created, until, revoked, key);
  }

  /** This key, revoked at that moment; one that is not valid then stays what it is. */
  public ApiKey revokedAt(Instant moment) {
    return validUntil != null && !validUntil.isAfter(moment)
        ? this
        : new ApiKey(id, customer, hash, label, created, moment, /* revoked= */ true, successor);
  }

  /** This key under another hash: of the same secret under a newer pepper. */
  public ApiKey withHash(KeyHash newer) {
    return new ApiKey(id, customer, newer, label, created, validUntil, revoked, successor);
  }
}
