// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/**
 * What identifies an event that came from elsewhere: hashes under a secret of the journal, as
 * {@link IdentityKey} makes them, of the caller's id and of what it said.
 *
 * @param high the first 64 bits of the identity
 * @param low the last 64 bits of the identity
 * @param payload tells another event under the same id from the same one
 */
public record ExternalId(long high, long low, long payload) {

  /** The identity alone. */
  ExternalId identity() {
    return new ExternalId(high, low, 0);
  }
}
