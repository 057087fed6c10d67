// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.Map;
import java.util.Set;

/** Counts usage from elsewhere, each id once, in a store that others made. */
interface UsageOracle extends AutoCloseable {

  /** What becomes of usage. */
  enum Answer {
    RECORDED,
    DUPLICATE,
    CONFLICT
  }

  Answer record(ExternalUsage usage) throws Exception;

  /** Whether something was recorded under the usage's id. */
  boolean knows(ExternalUsage usage) throws Exception;

  /** Ids of all that was recorded, with what was said of each. */
  Set<String> accepted() throws Exception;

  /** Units by customer, meter and hour of the usage's time. */
  Map<String, Long> totals() throws Exception;

  /** Writes all down, closes it, and opens it again. */
  void restart() throws Exception;

  @Override
  void close() throws Exception;

  /** No two ids are one; texts of a history hold no line breaks. */
  static String id(ExternalUsage usage) {
    return usage.customer() + "\n" + usage.source() + "\n" + usage.id();
  }

  static String content(ExternalUsage usage) {
    return usage.units() + "\n" + usage.time() + "\n" + usage.key() + "\n" + usage.endpoint();
  }

  static long hour(ExternalUsage usage) {
    return Math.floorDiv(usage.time().getEpochSecond(), 3600);
  }

  static String total(String customer, String meter, long hour) {
    return customer + " " + meter + " " + hour;
  }
}
