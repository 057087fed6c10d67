// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;

/**
 * What a call of an endpoint costs and counts. One object per endpoint of a catalog.
 *
 * @param label its pattern, as it stands in usage events
 * @param cost permits taken from rate limits, at least 1
 * @param meters meters counted besides {@code calls}
 * @param billable which answers are billed
 */
public record Endpoint(
    String label, long cost, List<MeterRule> meters, BillableStatuses billable) {}
