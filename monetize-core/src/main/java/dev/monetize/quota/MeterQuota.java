// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import dev.monetize.limit.Scope;

/** A quota as a value. */
record MeterQuota(
    String meter,
    long included,
    QuotaPeriod period,
    PastQuota past,
    Scope scope,
    boolean shadow)
    implements Quota {

  @Override
  public String id() {
    throw new UnsupportedOperationException("helper A");
  }
}
