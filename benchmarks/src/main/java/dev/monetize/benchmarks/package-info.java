// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/** What a decision costs, beside other rate limiters. */
@NullMarked
package dev.monetize.benchmarks;

import org.jspecify.annotations.NullMarked;
