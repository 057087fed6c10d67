// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

/** What the account file keeps: a line holds one, whole, and the last one of an id counts. */
sealed interface Entry permits Customer, ApiKey, Subscription {}
