// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Money, prices, and rating: what usage costs, as pure functions over integers.
 *
 * <p>Start at {@link dev.monetize.price.Price}, and {@link dev.monetize.price.Rating} for what it
 * comes to.
 */
@NullMarked
package dev.monetize.price;

import org.jspecify.annotations.NullMarked;
