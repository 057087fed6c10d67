// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a call of an endpoint costs and counts. One object per endpoint of a catalog.
 *
 * @param label its pattern, as it stands in usage events
 * @param cost permits taken from rate limits, at least 1
 * @param meters meters counted besides {@code calls}, each once
 * @param billable which answers are billed
 */
public record Endpoint(String label, long cost, List<MeterRule> meters, BillableStatuses billable) {

  /** With what a handler may add beside them, as many as a usage event holds. */
  private static final int MOST_METERS = 14;

  public Endpoint {
    Objects.requireNonNull(label, "label");
    Objects.requireNonNull(billable, "billable");
    meters = List.copyOf(meters);
    if (cost < 1) {
      throw new IllegalArgumentException(
          "cost must be at least 1, got " + cost + " (endpoint \"" + label + "\")");
    }
    if (meters.size() > MOST_METERS) {
      throw new IllegalArgumentException(
          "expected at most %d meters, got %d (endpoint \"%s\")"
              .formatted(MOST_METERS, meters.size(), label));
    }
    if (meters.stream().map(MeterRule::meter).distinct().count() != meters.size()) {
      throw new IllegalArgumentException(
          "expected each meter once, got " + meters + " (endpoint \"" + label + "\")");
    }
  }

  /**
   * An endpoint that costs one permit, counts the call, and bills 2xx.
   *
   * @param pattern see {@link EndpointPattern#of}
   */
  public static Endpoint of(String pattern) {
    return new Endpoint(pattern, 1, List.of(), BillableStatuses.success());
  }

  /** The same at another cost. */
  public Endpoint withCost(long cost) {
    return new Endpoint(label, cost, meters, billable);
  }

  /** The same with one more meter. */
  public Endpoint withMeter(MeterRule meter) {
    List<MeterRule> more = new ArrayList<>(meters);
    more.add(meter);
    return new Endpoint(label, cost, more, billable);
  }

  /** The same, billing other answers. */
  public Endpoint withBillable(BillableStatuses billable) {
    return new Endpoint(label, cost, meters, billable);
  }
}
