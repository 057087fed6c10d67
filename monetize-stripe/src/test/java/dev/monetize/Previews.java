// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.Subscription;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.UsageHistory;
import java.io.IOException;
import java.time.Instant;

/** What {@link Monetizer#invoicePreview} does, without an engine around each customer. */
public final class Previews {

  private Previews() {}

  public static InvoicePreview of(
      TierCatalog tiers, Subscription subscription, Instant at, Ledger ledger, UsageHistory history)
      throws IOException {
    InvoiceTerms terms = new InvoiceTerms(new Offer(tiers), subscription, at);
    return new InvoiceDrafter(terms, ledger, history).draft();
  }
}
