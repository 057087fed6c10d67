// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.time.ZoneId;
import java.util.Currency;

/**
 * What a file says for all its tiers.
 *
 * @param zone of quotas that name none
 */
record FileDefaults(Currency currency, ZoneId zone, boolean shadow) {}
