// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.util.ArrayList;
import java.util.List;

/**
 * What would be done at Stripe to make it agree with the tiers, by {@link StripeCatalog#plan}.
 * Immutable.
 */
public final class CatalogPlan {

  private final CatalogWish wish;
  private final List<CatalogChange> changes;
  private final List<String> warnings;
  private final List<String> faults;

  CatalogPlan(
      CatalogWish wish, List<CatalogChange> changes, List<String> warnings, List<String> faults) {
    this.wish = wish;
    this.changes = List.copyOf(changes);
    this.warnings = List.copyOf(warnings);
    this.faults = List.copyOf(faults);
  }

  CatalogWish wish() {
    return wish;
  }

  /** What would be done, in this order. */
  public List<CatalogChange> changes() {
    return changes;
  }

  /** What invoices of Stripe would do otherwise than ours in rare cases, and what is not made. */
  public List<String> warnings() {
    return warnings;
  }

  /** What stands in the way: a plan with faults is not applied. */
  public List<String> faults() {
    return faults;
  }

  /** Whether nothing is to be done. Warnings do not count; faults do. */
  public boolean isEmpty() {
    return changes.isEmpty() && faults.isEmpty();
  }

  /** It as a JSON object on one line. The same plan, the same text. */
  public String json() {
    return CatalogJson.of(this);
  }

  /** It for people to read, a line for each change, warning and fault. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    changes.forEach(change -> lines.add("+ " + change));
    warnings.forEach(warning -> lines.add("warning: " + warning));
    faults.forEach(fault -> lines.add("fault: " + fault));
    lines.add(summary());
    return String.join("\n", lines);
  }

  private String summary() {
    if (!faults.isEmpty()) {
      return "Nothing is done until the faults are mended.";
    }
    return switch (changes.size()) {
      case 0 -> "Stripe agrees with the tiers: nothing is to be done.";
      case 1 -> "1 change is to be made at Stripe.";
      default -> changes.size() + " changes are to be made at Stripe.";
    };
  }
}
