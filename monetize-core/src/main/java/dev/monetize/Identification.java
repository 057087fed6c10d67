// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

/** What {@link Monetizer#identify} says to a credential. */
public sealed interface Identification permits Caller, Denied {}
