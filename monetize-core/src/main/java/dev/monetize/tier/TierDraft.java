// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

/**
 * A tier of a catalog to be.
 *
 * @param places where its properties stand
 */
record TierDraft(Tier tier, Places places) {}
