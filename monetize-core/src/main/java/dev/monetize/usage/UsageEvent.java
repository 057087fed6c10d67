// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;
import java.util.List;

/**
 * One billable call, as it is written in the journal.
 *
 * @param timeNanos when the call was admitted, in nanoseconds since the epoch
 * @param settledNanos when it was settled
 * @param customer who pays
 * @param key id of the key it was made with
 * @param tier name of the tier it was made in
 * @param endpoint the endpoint's pattern, never the raw path
 * @param status the HTTP status it was answered with
 * @param clientGone whether the client had left before the answer was complete
 * @param measures what was counted, each meter once; {@code calls} among them
 * @param windows the quota windows it is counted in
 */
public record UsageEvent(
    long timeNanos,
    long settledNanos,
    String customer,
    String key,
    String tier,
    String endpoint,
    int status,
    boolean clientGone,
    List<Measure> measures,
    List<QuotaWindow> windows) {

  private static final long NANOS = 1_000_000_000L;

  /** When the call was admitted. */
  public Instant time() {
    return Instant.ofEpochSecond(Math.floorDiv(timeNanos, NANOS), Math.floorMod(timeNanos, NANOS));
  }

  /** Units of a meter, 0 if it was not counted. */
  public long units(String meter) {
    for (Measure measure : measures) {
      if (measure.meter().equals(meter)) {
        return measure.units();
      }
    }
    return 0;
  }
}
