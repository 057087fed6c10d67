// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.time.Instant;
import java.util.Optional;

/**
 * How far usage is on its way to Stripe.
 *
 * @param open units that are not yet cut into items
 * @param waiting items that are to be sent
 * @param oldest when the oldest use was that waits or is open
 * @param parked items that wait for somebody to decide
 * @param arrived units that Stripe has, ever
 * @param unbilled units of customers that are not at Stripe, or in tiers that are not sold, and
 *     units that were dropped, ever
 * @param stopped why nothing is sent any more, if so
 */
public record StripeBacklog(
    long open,
    int waiting,
    Optional<Instant> oldest,
    int parked,
    long arrived,
    long unbilled,
    Optional<String> stopped) {}
