// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Quotas: how much a tier includes per period, and what happens past it.
 *
 * <p>Start at {@link dev.monetize.quota.Quota}.
 */
@NullMarked
package dev.monetize.quota;

import org.jspecify.annotations.NullMarked;
