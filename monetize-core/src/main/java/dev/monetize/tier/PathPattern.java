// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

/**
 * A path with literal segments, {@code {name}} for one segment, and {@code *} at the end for
 * everything below: {@code /v1/*} covers {@code /v1} and {@code /v1/a/b}.
 */
public record PathPattern(String text) {}
