// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

/**
 * What is to be corrected of an earlier call in one limit.
 *
 * @param kind {@link LimitPlan#WINDOW} or {@link LimitPlan#CALLS}
 * @param start of a window limit, the window that was charged
 * @param difference what was used above what was taken
 */
record Correction(int scope, int kind, int id, long start, long difference) {}
