// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/** A metered, limited API in one class. */
@NullMarked
package dev.monetize.examples.quickstart;

import org.jspecify.annotations.NullMarked;
