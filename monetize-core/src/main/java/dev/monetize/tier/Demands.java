// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Set;

/**
 * What a catalog demands of a tier, so that customers' own values can be held to it too.
 *
 * @param meters that some endpoint counts, {@code calls} among them
 * @param timed those of them that count milliseconds, and nothing else
 * @param dearest the endpoint with the highest cost that the tier may call
 */
record Demands(Set<String> meters, Set<String> timed, Endpoint dearest) {}
