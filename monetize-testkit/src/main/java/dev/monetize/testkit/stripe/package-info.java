// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A Stripe to test with; start at {@link dev.monetize.testkit.stripe.FakeStripe}.
 *
 * <p>A call comes in through the {@link dev.monetize.testkit.stripe.Door}, passes the {@link
 * dev.monetize.testkit.stripe.Gate} (faults, key, version, rate, one at a time, idempotency key),
 * finds its endpoint by the {@link dev.monetize.testkit.stripe.Router}, has its parameters read by
 * a {@link dev.monetize.testkit.stripe.Shape}, and changes objects in the {@link
 * dev.monetize.testkit.stripe.Store}. What happens later is on the {@link
 * dev.monetize.testkit.stripe.Agenda}; what has happened, the {@link
 * dev.monetize.testkit.stripe.Events} tell, and the {@link dev.monetize.testkit.stripe.Courier}
 * delivers.
 */
@NullMarked
package dev.monetize.testkit.stripe;

import org.jspecify.annotations.NullMarked;
