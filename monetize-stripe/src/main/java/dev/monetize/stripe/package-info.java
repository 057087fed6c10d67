// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Billing through Stripe: subscriptions that give customers their tiers, and metered usage that
 * arrives once. Start at {@link dev.monetize.stripe.StripeBilling}.
 *
 * <ol>
 *   <li>{@link dev.monetize.stripe.StripeConnection}: how Stripe is reached; each request is sent
 *       once.
 *   <li>{@link dev.monetize.stripe.StripeCatalog}: products, prices and meters, made from the
 *       tiers.
 *   <li>{@link dev.monetize.stripe.StripeUsageSink}: usage, added up in a durable outbox and sent
 *       to meters.
 *   <li>{@link dev.monetize.stripe.StripeBilling}: customers, subscriptions, links to Stripe's
 *       pages, and the tiers that follow from what Stripe has.
 *   <li>{@link dev.monetize.stripe.StripeWebhookServlet}: takes Stripe's events into a durable
 *       inbox.
 * </ol>
 *
 * <p>The last needs the Servlet API, which the app brings; all else works without.
 */
@NullMarked
package dev.monetize.stripe;

import org.jspecify.annotations.NullMarked;
