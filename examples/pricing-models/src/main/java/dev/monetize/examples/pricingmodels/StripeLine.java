// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.pricingmodels;

import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import dev.monetize.price.Money;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.Locale;

/**
 * A line of an invoice of Stripe's.
 *
 * @param invoice its number
 * @param status of the invoice: {@code paid}
 */
record StripeLine(String invoice, String status, String description, Money amount) {

  static StripeLine of(Invoice invoice, InvoiceLineItem line) {
    Currency currency = Currency.getInstance(line.getCurrency().toUpperCase(Locale.ROOT));
    BigDecimal major = BigDecimal.valueOf(line.getAmount(), currency.getDefaultFractionDigits());
    return new StripeLine(
        invoice.getNumber(),
        invoice.getStatus(),
        line.getDescription(),
        Money.of(major.toPlainString(), currency));
  }
}
