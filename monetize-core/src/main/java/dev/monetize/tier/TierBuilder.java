// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

/** Builds a {@link Tier}. Not thread-safe. */
public final class TierBuilder {

  TierBuilder(String name) {}
}
