// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What API keys look like and how they are hashed: {@link MonetizeKeys}, or an app's existing keys.
 * Thread-safe; asked whenever a key comes that is not that of a caller known already.
 */
public interface KeyFormat {

  /**
   * Whether a presented text can be a key at all: prefix, length, checksum. What it refuses is
   * refused without a look-up. Must accept any input.
   */
  boolean recognizes(String presented);

  /**
   * Whether a text claims to be a key of this format, be it mistyped: a bearer token that does not
   * is somebody else's, and left alone.
   */
  default boolean claims(String presented) {
    return recognizes(presented);
  }

  /** The hash under which a recognized key is looked up. */
  KeyHash hash(String presented);

  /** Hashes under secrets that are being rotated out, tried when {@link #hash} is not found. */
  default List<KeyHash> olderHashes(String presented) {
    return List.of();
  }

  /**
   * Keys that the app has issued already, stored as SHA-256 of their UTF-8: right for long random
   * keys, as nearly all API keys are.
   *
   * @param looksLikeOurs whether a text of 1 to 512 characters can be a key; others are never asked
   *     about. The stricter, the fewer look-ups for nothing
   */
  static KeyFormat existing(Predicate<String> looksLikeOurs) {
    return existing(looksLikeOurs, KeyHash::sha256);
  }

  /**
   * Keys that the app has issued already, hashed its own way; {@code hash} must be thread-safe, and
   * quick: it is asked of each key that is not known yet.
   *
   * @param looksLikeOurs whether a text of 1 to 512 characters can be a key; others are never asked
   *     about
   */
  static KeyFormat existing(Predicate<String> looksLikeOurs, Function<String, KeyHash> hash) {
    return new ExistingKeys(looksLikeOurs, hash);
  }
}
