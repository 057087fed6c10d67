// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

/**
 * Usage as it is said to Stripe.
 *
 * @param event the meter's event name
 * @param customer Stripe's
 * @param second when it was used, in seconds since the epoch
 * @param identifier what Stripe counts once within a day
 * @param key what Stripe repeats its answer for; of several that go together, that of the first
 */
record MeterCall(
    String event, String customer, long units, long second, String identifier, String key) {}
