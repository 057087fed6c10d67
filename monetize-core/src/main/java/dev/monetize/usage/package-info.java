// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Usage: what was called, by whom, and where it is told.
 *
 * <p>A {@link dev.monetize.usage.UsageEvent} is
 *
 * <ol>
 *   <li>appended to the {@link dev.monetize.usage.UsageJournal}, which makes it last: {@link
 *       dev.monetize.usage.FileUsageJournal}, or one that is kept elsewhere;
 *   <li>folded into the {@link dev.monetize.usage.Ledger}, which answers how much was used;
 *   <li>given to each {@link dev.monetize.usage.UsageSink} by the {@link
 *       dev.monetize.usage.Shipper}, in {@link dev.monetize.usage.UsageBatch}es that are the same
 *       whenever they come.
 * </ol>
 *
 * <p>What the ledger does not keep is read back by {@link dev.monetize.usage.UsageHistory}: use by
 * key and endpoint, and the export of every event.
 *
 * <p>Usage that does not come through the filter enters by the {@link
 * dev.monetize.usage.UsageIntake}, each id once.
 *
 * <p>The journal is the truth; ledger and sinks are derived from it. Start at {@link
 * dev.monetize.usage.UsageSink}. All that is shared between threads is thread-safe and says so.
 */
@NullMarked
package dev.monetize.usage;

import org.jspecify.annotations.NullMarked;
