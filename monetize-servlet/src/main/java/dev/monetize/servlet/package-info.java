// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Monetize for servlet containers: a filter in front of the app's endpoints, and small servlets
 * that tell prices and usage.
 *
 * <p>A request's way: {@link dev.monetize.servlet.MonetizeFilter} reads its path ({@code
 * RequestPath}) and key ({@code PresentedKey}), asks the engine, and answers a refusal ({@code
 * Problem}) or sets the limit headers ({@code LimitHeaders}) and lets the app serve it. What came
 * of it is settled once, by the {@code MeteredRequest} that the app sees: when the filter is left,
 * or, where the app went asynchronous, when that is complete. Start at {@link
 * dev.monetize.servlet.MonetizeFilter}.
 */
@NullMarked
package dev.monetize.servlet;

import org.jspecify.annotations.NullMarked;
