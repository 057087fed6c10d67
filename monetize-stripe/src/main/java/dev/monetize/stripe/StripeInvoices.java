// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.Price;
import com.stripe.model.Subscription;
import com.stripe.model.billing.Meter;
import com.stripe.param.InvoiceLineItemListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionListParams;
import dev.monetize.price.Money;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Stripe's invoices, through its SDK: two calls a customer, and one for each new price. */
final class StripeInvoices implements BilledInvoices {

  private static final long PAGE = 100;

  private final StripeClient stripe;

  /** The event names of metered prices, by id; empty for others. Neither ever changes. */
  private final Map<String, Optional<String>> events = new ConcurrentHashMap<>();

  StripeInvoices(StripeConnection connection) {
    stripe = connection.client();
  }

  @Override
  public Billed of(String customer, Instant since) throws StripeException {
    InvoiceListParams made =
        InvoiceListParams.builder()
            .setCustomer(customer)
            .setCreated(InvoiceListParams.Created.builder().setGte(since.getEpochSecond()).build())
            .setLimit(PAGE)
            .build();
    List<Line> lines = new ArrayList<>();
    for (Invoice invoice : stripe.v1().invoices().list(made).autoPagingIterable()) {
      if (!"void".equals(invoice.getStatus())) {
        add(invoice, lines);
      }
    }
    return new Billed(lines, spans(customer));
  }

  private void add(Invoice invoice, List<Line> to) throws StripeException {
    boolean isFinal = !"draft".equals(invoice.getStatus());
    for (InvoiceLineItem line : lines(invoice)) {
      Optional<String> event = event(line);
      if (event.isPresent()) {
        Instant from = Instant.ofEpochSecond(line.getPeriod().getStart());
        to.add(
            new Line(
                invoice.getId(),
                isFinal,
                event.get(),
                from,
                units(line),
                money(line.getAmount(), line.getCurrency())));
      }
    }
  }

  private Iterable<InvoiceLineItem> lines(Invoice invoice) throws StripeException {
    if (!Boolean.TRUE.equals(invoice.getLines().getHasMore())) {
      return invoice.getLines().getData();
    }
    InvoiceLineItemListParams all = InvoiceLineItemListParams.builder().setLimit(PAGE).build();
    return stripe.v1().invoices().lineItems().list(invoice.getId(), all).autoPagingIterable();
  }

  /** A flat amount is a line without units. */
  private static BigDecimal units(InvoiceLineItem line) {
    if (line.getQuantityDecimal() != null) {
      return line.getQuantityDecimal();
    }
    return line.getQuantity() == null ? BigDecimal.ZERO : BigDecimal.valueOf(line.getQuantity());
  }

  private static Money money(long minor, String code) {
    Currency currency = Currency.getInstance(code.toUpperCase(Locale.ROOT));
    long nanos =
        BigDecimal.valueOf(minor, currency.getDefaultFractionDigits())
            .movePointRight(9)
            .longValueExact();
    return new Money(nanos, currency);
  }

  private Optional<String> event(InvoiceLineItem line) throws StripeException {
    if (line.getPricing() == null || line.getPricing().getPriceDetails() == null) {
      return Optional.empty();
    }
    String id = line.getPricing().getPriceDetails().getPrice();
    Optional<String> known = events.get(id);
    if (known == null) {
      known = event(stripe.v1().prices().retrieve(id));
      events.put(id, known);
    }
    return known;
  }

  private Optional<String> event(Price price) throws StripeException {
    if (!TierPrices.isMetered(price) || price.getRecurring().getMeter() == null) {
      return Optional.empty();
    }
    Meter meter = stripe.v1().billing().meters().retrieve(price.getRecurring().getMeter());
    return Optional.of(meter.getEventName());
  }

  private List<Span> spans(String customer) throws StripeException {
    SubscriptionListParams all =
        SubscriptionListParams.builder()
            .setCustomer(customer)
            .setStatus(SubscriptionListParams.Status.ALL)
            .setLimit(PAGE)
            .build();
    List<Span> spans = new ArrayList<>();
    for (Subscription one : stripe.v1().subscriptions().list(all).autoPagingIterable()) {
      long from = one.getStartDate() == null ? one.getCreated() : one.getStartDate();
      from = one.getTrialEnd() == null ? from : Math.max(from, one.getTrialEnd());
      Instant end =
          one.getEndedAt() == null ? Instant.MAX : Instant.ofEpochSecond(one.getEndedAt());
      spans.add(new Span(Instant.ofEpochSecond(from), end));
    }
    return spans;
  }
}
