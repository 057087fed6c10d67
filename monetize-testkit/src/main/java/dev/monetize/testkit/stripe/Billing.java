// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

/** The parts of billing, put together. */
record Billing(
    World world,
    Items items,
    Lines lines,
    Payments payments,
    Invoicing invoicing,
    InvoiceItems invoiceItems,
    SubscriptionStates states,
    Cycle cycle,
    SubscriptionChanges changes) {

  static Billing of(
      World world, Events events, Usage usage, PaymentMethods cards, Entitlements entitlements) {
    Items items = new Items(world);
    Lines lines = new Lines(world);
    SubscriptionStates states = new SubscriptionStates(world, events, entitlements);
    Payments payments = new Payments(world, events, cards, states);
    Invoicing invoicing = new Invoicing(world, events, usage, lines, payments);
    InvoiceItems invoiceItems = new InvoiceItems(world, lines, events);
    Cycle cycle = new Cycle(world, events, invoicing, lines, states);
    SubscriptionChanges changes =
        new SubscriptionChanges(world, items, cycle, lines, invoiceItems, states);
    return new Billing(
        world, items, lines, payments, invoicing, invoiceItems, states, cycle, changes);
  }
}
