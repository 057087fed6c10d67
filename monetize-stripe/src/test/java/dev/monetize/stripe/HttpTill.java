// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.StripeClient;
import com.stripe.exception.StripeException;
import com.stripe.model.Invoice;
import com.stripe.model.InvoiceLineItem;
import com.stripe.model.Subscription;
import com.stripe.model.SubscriptionItem;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.InvoiceLineItemListParams;
import com.stripe.param.InvoiceListParams;
import com.stripe.param.SubscriptionCreateParams;
import com.stripe.param.SubscriptionCreateParams.BillingMode;
import com.stripe.param.SubscriptionUpdateParams;
import dev.monetize.stripe.BilledWorld.Buyer;
import dev.monetize.testkit.MutableClock;
import dev.monetize.testkit.stripe.FakeStripe;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A whole Stripe: customers, subscriptions, meters, drafts that become final. */
final class HttpTill implements Till {

  private final FakeStripe stripe;
  private final StripeClient client;
  private final PriceShelf shelf;
  private final MeterEvents meters;
  private final Map<String, Subscription> subscriptions = new HashMap<>();
  private final Map<String, Buyer> buyers = new HashMap<>();

  HttpTill(
      FakeStripe stripe,
      StripeConnection connection,
      PriceShelf shelf,
      boolean streamed,
      MutableClock clock) {
    this.stripe = stripe;
    this.shelf = shelf;
    client = connection.client();
    meters =
        streamed ? new StreamedMeterEvents(connection, clock) : new StripeMeterEvents(connection);
  }

  @Override
  public MeterEvents meters() {
    return meters;
  }

  @Override
  public void subscribe(Buyer buyer, List<String> prices) throws StripeException {
    CustomerCreateParams named = CustomerCreateParams.builder().setName(buyer.id).build();
    buyer.atStripe = client.v1().customers().create(named).getId();
    buyers.put(buyer.atStripe, buyer);
    SubscriptionCreateParams.Builder params =
        SubscriptionCreateParams.builder()
            .setCustomer(buyer.atStripe)
            .setCollectionMethod(SubscriptionCreateParams.CollectionMethod.SEND_INVOICE)
            .setDaysUntilDue(30L)
            .setBillingMode(BillingMode.builder().setType(BillingMode.Type.FLEXIBLE).build());
    for (String price : prices) {
      params.addItem(SubscriptionCreateParams.Item.builder().setPrice(price).build());
    }
    subscriptions.put(buyer.id, client.v1().subscriptions().create(params.build()));
  }

  @Override
  public void change(Buyer buyer, List<String> prices) throws StripeException {
    Subscription before = subscriptions.get(buyer.id);
    SubscriptionUpdateParams.Builder params =
        SubscriptionUpdateParams.builder()
            .setProrationBehavior(SubscriptionUpdateParams.ProrationBehavior.CREATE_PRORATIONS);
    for (SubscriptionItem item : before.getItems().getData()) {
      params.addItem(
          SubscriptionUpdateParams.Item.builder().setId(item.getId()).setDeleted(true).build());
    }
    for (String price : prices) {
      params.addItem(SubscriptionUpdateParams.Item.builder().setPrice(price).build());
    }
    subscriptions.put(buyer.id, client.v1().subscriptions().update(before.getId(), params.build()));
  }

  @Override
  public Map<String, Bill> bills() throws StripeException, InterruptedException {
    stripe.settle();
    Map<String, Bill> bills = new HashMap<>();
    InvoiceListParams all = InvoiceListParams.builder().setLimit(100L).build();
    for (Invoice invoice : client.v1().invoices().list(all).autoPagingIterable()) {
      assertThat(invoice.getStatus()).isIn("open", "paid");
      Buyer buyer = buyers.get(invoice.getCustomer());
      for (InvoiceLineItem line : lines(invoice)) {
        if (line.getPeriod().getStart() < buyer.end().getEpochSecond()) {
          add(line, bills.computeIfAbsent(buyer.id, id -> new Bill()));
        }
      }
    }
    return bills;
  }

  private void add(InvoiceLineItem line, Bill to) {
    to.add(line.getAmount(), line.getDescription());
    String meter = shelf.metered.get(line.getPricing().getPriceDetails().getPrice());
    if (meter != null) {
      to.units.merge(meter, line.getQuantity(), Long::sum);
    }
  }

  private Iterable<InvoiceLineItem> lines(Invoice invoice) throws StripeException {
    if (!invoice.getLines().getHasMore()) {
      return invoice.getLines().getData();
    }
    InvoiceLineItemListParams all = InvoiceLineItemListParams.builder().setLimit(100L).build();
    return client.v1().invoices().lineItems().list(invoice.getId(), all).autoPagingIterable();
  }

  @Override
  public void close() {
    stripe.close();
  }
}
