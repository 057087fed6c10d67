// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Usage: what was called, by whom, and where it is told.
 *
 * <p>A {@link dev.monetize.usage.UsageEvent} is appended to the journal, folded into the ledger,
 * and shipped in {@link dev.monetize.usage.UsageBatch}es to each {@link
 * dev.monetize.usage.UsageSink}.
 */
@NullMarked
package dev.monetize.usage;

import org.jspecify.annotations.NullMarked;
