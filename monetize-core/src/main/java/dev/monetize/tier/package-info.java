// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Tiers: what is sold. A {@link dev.monetize.tier.TierCatalog} holds the {@link
 * dev.monetize.tier.Tier}s and leads each call to its {@link dev.monetize.tier.Route}.
 */
@NullMarked
package dev.monetize.tier;

import org.jspecify.annotations.NullMarked;
