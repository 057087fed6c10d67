// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

/** Who pays: an id of the app's choosing, and a name for people to read. */
public record Customer(String id, String name) {}
