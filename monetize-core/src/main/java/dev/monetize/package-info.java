// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The engine. An adapter gives {@link dev.monetize.Monetizer} an {@link dev.monetize.ApiCall}, gets
 * an {@link dev.monetize.Admission}, serves the call, and settles it with an {@link
 * dev.monetize.Outcome}. Start at {@link dev.monetize.Monetizer}.
 */
@NullMarked
package dev.monetize;

import org.jspecify.annotations.NullMarked;
