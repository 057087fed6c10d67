// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/** A metered, limited API: start with {@link dev.monetize.examples.quickstart.Quickstart}. */
@NullMarked
package dev.monetize.examples.quickstart;

import org.jspecify.annotations.NullMarked;
