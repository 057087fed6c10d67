// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Who is calling: API keys, customers and their subscriptions.
 *
 * <p>A presented key is checked against a {@link dev.monetize.identity.KeyFormat}, hashed, and
 * looked up in {@link dev.monetize.identity.Customers}; what the customer has stands in {@link
 * dev.monetize.identity.Subscriptions}.
 */
@NullMarked
package dev.monetize.identity;

import org.jspecify.annotations.NullMarked;
