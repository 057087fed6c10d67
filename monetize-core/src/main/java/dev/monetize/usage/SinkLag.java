// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;

/**
 * How far a sink is behind, for a health page or an alarm.
 *
 * @param sink its name
 * @param events how many wait at most: places in the journal, of which marks of sinks take some; 0
 *     if it has everything
 * @param oldest how long ago the oldest event that it does not have was settled, those parked left
 *     out; 0 if it has everything, or nobody has looked yet
 * @param failures how often delivery has failed since it last succeeded
 * @param parked how many batches are parked
 */
public record SinkLag(String sink, long events, Duration oldest, int failures, int parked) {}
