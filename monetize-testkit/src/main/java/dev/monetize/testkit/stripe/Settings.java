// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.time.Duration;
import java.time.InstantSource;

/** What a {@link FakeStripe} was built with. */
record Settings(
    InstantSource clock,
    long seed,
    int port,
    Duration summaryLag,
    Duration reportWindow,
    Duration draftFor,
    int callsPerSecond,
    String apiVersion) {}
