// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * What an item is called at Stripe: the outbox's id, the item's number, how often it was issued,
 * and a hash of what it says, so that an outbox that was restored from an old copy, and gives a
 * number out again, is not taken for one that was heard before. At most 86 of the 100 characters
 * that Stripe takes.
 */
final class Identifiers {

  private static final int HASH_BYTES = 8;

  private Identifiers() {}

  static String of(UUID outbox, OutboxItem item) {
    return outbox + "-" + item.number() + "-" + item.issue() + "-" + hash(item);
  }

  /** The number of the item that is called so, if it is one of an outbox. */
  static Optional<Long> number(UUID outbox, String identifier) {
    String prefix = outbox + "-";
    if (!identifier.startsWith(prefix)) {
      return Optional.empty();
    }
    String number = identifier.substring(prefix.length()).split("-", 2)[0];
    return number.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(number)) : Optional.empty();
  }

  private static String hash(OutboxItem item) {
    UsageWindow window = item.window();
    String said =
        window.customer().length()
            + ":"
            + window.customer()
            + window.meter()
            + ":"
            + window.start().getEpochSecond()
            + ":"
            + item.units();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(said.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
