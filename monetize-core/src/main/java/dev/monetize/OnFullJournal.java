// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

/** What becomes of calls while usage cannot be written: the disk is full, or has failed. */
public enum OnFullJournal {
  /** They are refused with {@link Reason#METERING_UNAVAILABLE}. */
  REFUSE,
  /**
   * They are served within their limits, and not billed: they are counted in {@link
   * Health#unmetered}, and nowhere else. Once there is room again calls are metered again.
   */
  SERVE_UNMETERED
}
