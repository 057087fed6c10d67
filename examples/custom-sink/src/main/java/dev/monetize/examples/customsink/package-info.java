// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * A usage sink of one's own: {@link dev.monetize.examples.customsink.TotalsFile}, put to use in
 * {@link dev.monetize.examples.customsink.CustomSink}.
 */
@NullMarked
package dev.monetize.examples.customsink;

import org.jspecify.annotations.NullMarked;
