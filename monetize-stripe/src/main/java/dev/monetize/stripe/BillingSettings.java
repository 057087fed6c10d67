// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import java.time.InstantSource;

/**
 * What billing is made of before the engine is known.
 *
 * @param threads how many deal with what is due; with none, tests do its steps
 */
record BillingSettings(
    StripeClient stripe,
    BillingBook book,
    LookupKeys keys,
    BillingRules rules,
    InstantSource clock,
    int threads) {}
