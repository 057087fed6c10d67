// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;

/** A tier file, catalog or override that is no good; tells every fault found. */
public final class TierFaultsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  /**
   * One fault.
   *
   * @param place file, line and column, or the name of the tier and property
   * @param message value found and what was expected
   */
  public record Fault(String place, String message) {}

  TierFaultsException(List<Fault> faults) {
    super(faults.toString());
    this.faults = List.copyOf(faults);
  }

  /** All faults, in the order of the file. */
  public List<Fault> faults() {
    return faults;
  }
}
