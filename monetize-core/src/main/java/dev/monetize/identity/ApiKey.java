// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key as it is kept: its hash, never its secret.
 *
 * @param id names the key in usage, limits and logs
 * @param label for people to read
 * @param validUntil from when on it is refused (expired, revoked or rotated out), or null
 */
public record ApiKey(
    String id,
    String customer,
    KeyHash hash,
    String label,
    Instant created,
    @Nullable Instant validUntil) {}
