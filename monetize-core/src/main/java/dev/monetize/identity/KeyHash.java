// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

/** The 256-bit hash under which an API key is known; says nothing about the key itself. */
public record KeyHash(long a, long b, long c, long d) {}
