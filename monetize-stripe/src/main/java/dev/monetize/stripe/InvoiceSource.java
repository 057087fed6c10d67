// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.InvoicePreview;
import java.io.IOException;
import java.time.Instant;

/** What a customer has to pay by our own reckoning; {@code monetizer::invoicePreview} is one. */
@FunctionalInterface
public interface InvoiceSource {

  /**
   * The invoice of the billing period that a time lies in.
   *
   * @param customer ours
   * @throws IOException if usage cannot be read
   */
  InvoicePreview preview(String customer, Instant at) throws IOException;
}
