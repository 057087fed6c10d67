// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.Optional;

/** A path pattern, of one method or of any: {@code POST /v1/generate}, {@code /v1/*}. */
public record EndpointPattern(Optional<String> method, PathPattern path) {}
