// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.time.Instant;

/**
 * A key that expires, or has expired; not one that was revoked.
 *
 * @param customer whose it is
 * @param key its id
 * @param at when it expires
 */
public record ExpiringKey(String customer, String key, Instant at) {}
