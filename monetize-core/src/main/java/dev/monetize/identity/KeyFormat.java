// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.List;

/**
 * What API keys look like and how they are hashed: {@link MonetizeKeys}, or an app's existing keys.
 * Thread-safe; asked on every call.
 */
public interface KeyFormat {

  /**
   * Whether a presented text can be a key at all: prefix, length, checksum. What it refuses is
   * refused without a look-up. Must accept any input.
   */
  boolean recognizes(String presented);

  /** The hash under which a recognized key is looked up. */
  KeyHash hash(String presented);

  /** Hashes under secrets that are being rotated out, tried when {@link #hash} is not found. */
  default List<KeyHash> olderHashes(String presented) {
    return List.of();
  }
}
