// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.identity.ApiKey;
import dev.monetize.identity.KeyHash;
import java.util.List;

/**
 * Where a key is.
 *
 * @param text as it is kept
 * @param change number of the last change that began
 * @param customer whose it is
 * @param hashes that the key may be under: the newest first; older ones while it moves
 */
record KeyPlace(String text, String change, String customer, List<KeyHash> hashes) {

  static KeyPlace parse(String text) {
    List<String> words = List.of(text.split(" ", -1));
    if (words.size() < 3) {
      throw new IllegalArgumentException("a key's place has three words at least");
    }
    return new KeyPlace(
        text,
        words.get(0),
        words.get(1),
        words.subList(2, words.size()).stream().map(KeyHash::ofHex).toList());
  }

  /** Whether it is the place of a key as that is: of its customer, under its hash. */
  boolean isOf(ApiKey key) {
    return customer.equals(key.customer()) && hashes.get(0).equals(key.hash());
  }

  /** Those that the key is not under once its change is done. */
  List<KeyHash> older() {
    return hashes.subList(1, hashes.size());
  }

  /** The text once the key is under its newest hash only. */
  String settled() {
    return change + ' ' + customer + ' ' + hashes.get(0).hex();
  }
}
