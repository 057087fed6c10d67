// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/** A usage sink of one's own. */
@NullMarked
package dev.monetize.examples.customsink;

import org.jspecify.annotations.NullMarked;
