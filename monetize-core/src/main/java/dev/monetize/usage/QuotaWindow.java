// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/**
 * The window of a quota that usage is counted in.
 *
 * @param quota the quota's id, at most {@value UsageEvent#MAX_NAME} characters
 * @param meter the meter that it counts, at most {@value UsageEvent#MAX_METER} characters
 * @param perKey whether it counts the key's use rather than the customer's
 * @param start first second of the window, in seconds since the epoch
 */
public record QuotaWindow(String quota, String meter, boolean perKey, long start) {

  public QuotaWindow {
    Bounds.length("quota", quota, UsageEvent.MAX_NAME);
    Bounds.length("meter", meter, UsageEvent.MAX_METER);
  }
}
