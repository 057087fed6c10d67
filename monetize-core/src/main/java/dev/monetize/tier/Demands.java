// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.usage.Aggregation;
import java.util.Map;
import java.util.Set;

/**
 * What a catalog demands of a tier, so that customers' own values can be held to it too.
 *
 * @param meters that there are, with their aggregation
 * @param counted those of them that some endpoint counts, {@code calls} among them
 * @param timed those of them that count milliseconds, and nothing else
 * @param dearest the endpoint with the highest cost that the tier may call
 */
record Demands(
    Map<String, Aggregation> meters, Set<String> counted, Set<String> timed, Endpoint dearest) {}
