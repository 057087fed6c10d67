// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The quickstart's API in many instances, wired by its environment: start with {@link
 * dev.monetize.examples.production.Production}.
 */
@NullMarked
package dev.monetize.examples.production;

import org.jspecify.annotations.NullMarked;
