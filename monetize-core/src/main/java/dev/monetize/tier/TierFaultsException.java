// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A tier file, catalog or override that is no good; tells every fault found. The message has one
 * line for each.
 */
public final class TierFaultsException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  /**
   * One fault.
   *
   * @param place file, line and column, or the name of the tier or customer's value
   * @param message property and value found, and what was expected
   */
  public record Fault(String place, String message) {

    /** {@code tiers.yml:12:5: rate_limit "10/fortnight": expected …}. */
    @Override
    public String toString() {
      return place + ": " + message;
    }
  }

  /** Tells faults, in the order of the file. */
  public TierFaultsException(List<Fault> faults) {
    super(faults.stream().map(Fault::toString).collect(Collectors.joining("\n")));
    this.faults = List.copyOf(faults);
  }

  /** All faults, in the order of the file. */
  public List<Fault> faults() {
    return faults;
  }
}
