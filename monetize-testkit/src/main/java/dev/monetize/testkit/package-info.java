// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/** Contracts and fakes for those who implement an interface of Monetize. */
@NullMarked
package dev.monetize.testkit;

import org.jspecify.annotations.NullMarked;
