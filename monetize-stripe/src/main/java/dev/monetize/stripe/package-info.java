// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/** Billing through Stripe: metered usage that arrives once, and what belongs to it. */
@NullMarked
package dev.monetize.stripe;

import org.jspecify.annotations.NullMarked;
