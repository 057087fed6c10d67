// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The contracts of core for many instances of a service that share a Redis or Valkey. Start with
 * {@link dev.monetize.redis.RedisUrl}, which makes the client that the others are given.
 */
@NullMarked
package dev.monetize.redis;

import org.jspecify.annotations.NullMarked;
