// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.Optional;

/**
 * Whose key is this: a lambda over an app's own user table, or a {@link CustomerStore}. Asked on
 * first sight of a key; answers are cached, misses too. Thread-safe; may block.
 */
@FunctionalInterface
public interface Customers {

  /** The owner of a key, or empty if nobody has it. */
  Optional<KeyOwner> find(KeyHash hash);
}
