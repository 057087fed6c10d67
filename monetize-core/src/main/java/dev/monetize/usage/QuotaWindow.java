// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Objects;

/**
 * The window of a quota that usage is counted in.
 *
 * @param quota the quota's id
 * @param meter the meter that it counts
 * @param perKey whether it counts the key's use rather than the customer's
 * @param start first second of the window, in seconds since the epoch
 */
public record QuotaWindow(String quota, String meter, boolean perKey, long start) {

  public QuotaWindow {
    Objects.requireNonNull(quota, "quota");
    Objects.requireNonNull(meter, "meter");
  }
}
