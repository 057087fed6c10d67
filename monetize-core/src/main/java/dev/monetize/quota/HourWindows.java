// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

/** Windows of so many elapsed hours. */
final class HourWindows extends PeriodWindows {

  private static final long HOUR = 3600;

  private final long origin;
  private final long length;

  HourWindows(long origin, int hours) {
    this.origin = origin;
    this.length = hours * HOUR;
  }

  @Override
  long start(long number) {
    return origin + number * length;
  }

  @Override
  long guess(long second) {
    return Math.floorDiv(second - origin, length);
  }
}
