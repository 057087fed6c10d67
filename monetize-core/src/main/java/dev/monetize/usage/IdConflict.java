// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;

/**
 * Usage that was not counted, because its id had been used for other usage.
 *
 * @param at when it came
 */
public record IdConflict(ExternalUsage usage, Instant at) {}
