// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.Stripe;
import com.stripe.exception.StripeException;
import dev.monetize.Monetizer;
import dev.monetize.tier.Tier;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Customers and their subscriptions at Stripe, and the tiers that follow from them:
 *
 * <pre>{@code
 * StripeConnection connection = StripeConnection.with(System.getenv("STRIPE_API_KEY"));
 * StripeBilling billing = StripeBilling.builder(connection, data.resolve("stripe-billing")).open();
 * StripeUsageSink sink =
 *     StripeUsageSink.builder(connection, data.resolve("stripe-outbox"))
 *         .meter("calls", "api_calls")
 *         .billing(billing)
 *         .build();
 * Monetizer monetizer = Monetizer.builder()....sink("stripe", sink).build();
 * billing.start(monetizer, sink);
 *
 * URI page = billing.checkoutLink("acme", "pro", new CheckoutPage(thanks, pricing));
 * }</pre>
 *
 * <p>What Stripe has is the truth. Events, which {@link StripeWebhookServlet} takes in, only tell
 * whom to look at: then Stripe is asked what the customer has, and the tier, the anchor of its
 * periods and the provider's id are set by that. A customer keeps its tier while its subscription
 * is active or in a trial, and for a time of grace after a payment failed; then it has the
 * fallback, until the payment is made good. Values of a customer's own are put aside with the tier
 * that was paid for, and given back with it. Suspensions are left alone, and so are customers who
 * never subscribed at Stripe.
 *
 * <p>What asks for something has an idempotency key made of what is asked for, and looks first at
 * what is there: asked again, it is not done twice. {@link StripeException}s are Stripe's answers;
 * {@code IOException}s say that something could not be written down here.
 *
 * <p>Thread-safe. Close the monetizer first, then the sink, and then this.
 */
public final class StripeBilling implements AutoCloseable {

  /** The version of Stripe's API that is spoken; set it at Stripe for the webhook's endpoint. */
  public static final String API_VERSION = Stripe.API_VERSION;

  private static final Duration HOUR = Duration.ofHours(1);

  private final BillingBook book;
  private final InstantSource clock;
  private final CustomerLinks links;
  private final BillingService service;
  private final CustomerRequests requests;

  StripeBilling(BillingSettings settings) {
    StripeCalls calls = new StripeCalls();
    SubscriptionReader reader = new SubscriptionReader(settings.stripe(), settings.keys());
    book = settings.book();
    clock = settings.clock();
    links = new CustomerLinks(settings.stripe(), calls, book);
    service = new BillingService(settings, links, reader);
    requests = new CustomerRequests(settings, service, calls, links, reader);
  }

  /**
   * How one is made.
   *
   * @param directory one of its own for what is known and what is to be dealt with; made where it
   *     does not exist
   */
  public static StripeBillingBuilder builder(StripeConnection connection, Path directory) {
    return new StripeBillingBuilder(connection, directory);
  }

  /**
   * Begins to deal with what came, also before the last stop.
   *
   * @param sink has a customer's use reported before its subscription ends or changes
   * @throws IllegalStateException if it was started before, or a fallback is no tier; if none is
   *     given and the lowest tier is not free
   */
  public void start(Monetizer monetizer, StripeUsageSink sink) {
    start(monetizer, UsageFlush.of(sink, monetizer.shipper()), sink::reported);
  }

  /** The same without metered usage. */
  public void start(Monetizer monetizer) {
    start(monetizer, UsageFlush.NONE, identifier -> Optional.empty());
  }

  /** The same with another way of use to Stripe. */
  void start(
      Monetizer monetizer, UsageFlush usage, Function<String, Optional<ReportedUsage>> reported) {
    service.start(monetizer, usage, reported);
  }

  /**
   * Who a customer is at Stripe; made there if it is not there yet.
   *
   * @param customer ours
   * @return {@code cus_…}
   */
  public String customer(String customer) throws StripeException, IOException {
    return links.findOrMake(customer);
  }

  /** The same, and has Stripe know its name and address of mail. */
  public String customer(String customer, String name, String email)
      throws StripeException, IOException {
    String id = links.findOrMake(customer);
    links.describe(id, name, email);
    return id;
  }

  /**
   * Says that a customer is one that Stripe has already, and gives it what that one has.
   *
   * @param stripeCustomer {@code cus_…}
   * @throws IllegalArgumentException if that is another customer of ours
   */
  public CustomerBilling link(String customer, String stripeCustomer)
      throws StripeException, IOException {
    return requests.link(customer, stripeCustomer);
  }

  /**
   * Who a customer is at Stripe, for {@link StripeUsageSinkBuilder#customers}. Where another
   * instance made it, it is found by the subscription that the instances share.
   *
   * @return {@code cus_…}; empty if it never was there
   * @throws IllegalStateException if it is not known and Stripe cannot be asked now
   */
  public Optional<String> stripeCustomer(String customer) {
    return requests.stripeCustomer(customer);
  }

  /**
   * Where a period of a customer begins within an hour, for {@link StripeUsageSinkBuilder#periods}.
   */
  public Optional<Instant> periodStart(String customer, Instant hour) {
    return book.look(state -> state.periodBetween(customer, hour, hour.plus(HOUR)));
  }

  /**
   * Whether a tier costs anything, for {@link StripeUsageSinkBuilder#sold}; one that is no longer
   * in the tiers did. Waits a while for {@code start}.
   *
   * @throws IllegalStateException if it was not started within ten seconds
   */
  public boolean isSold(String tier) {
    service.awaitStart();
    return service.tiers().tier(tier).map(Tier::isSold).orElse(true);
  }

  /**
   * Subscribes a customer to a tier: to what it costs before usage, and to its meters. The customer
   * needs a way to pay at Stripe, or {@link #checkoutLink}. Who has that subscription keeps it.
   *
   * @throws IllegalStateException if it has another one, or the tier has no prices at Stripe
   */
  public CustomerBilling subscribe(String customer, String tier)
      throws StripeException, IOException {
    return subscribe(customer, tier, 0);
  }

  /**
   * The same with a trial.
   *
   * @param trialDays days that cost nothing, 0 to 730
   */
  public CustomerBilling subscribe(String customer, String tier, int trialDays)
      throws StripeException, IOException {
    return requests.subscribe(customer, tier, trialDays);
  }

  /**
   * Moves a customer to another tier now; what it paid for is prorated on its next invoice. Use up
   * to now arrives at Stripe first, which bills it at the prices that end: that takes a second or
   * two. What is used while this call lasts may be billed at the new prices.
   *
   * @throws IllegalStateException if it has no subscription
   * @throws IOException if use up to now did not arrive at Stripe: the tier is what it was
   */
  public CustomerBilling changeTier(String customer, String tier)
      throws StripeException, IOException {
    return requests.changeTier(customer, tier);
  }

  /**
   * Has a customer's subscription end with the period that is paid for: with the year of a tier
   * that is paid by the year, though its usage is invoiced by the month.
   *
   * @throws IllegalStateException if it has none
   */
  public CustomerBilling cancelAtPeriodEnd(String customer) throws StripeException, IOException {
    return requests.cancelAtPeriodEnd(customer, true);
  }

  /**
   * Takes {@link #cancelAtPeriodEnd} back.
   *
   * @throws IllegalStateException if it has none any more
   */
  public CustomerBilling keep(String customer) throws StripeException, IOException {
    return requests.cancelAtPeriodEnd(customer, false);
  }

  /**
   * A page of Stripe's where a customer subscribes to a tier. The link is good for a day, and the
   * same within an hour.
   *
   * @throws IllegalStateException if it has a subscription, or the tier has no prices at Stripe, or
   *     prices of several intervals, which Checkout does not sell: {@link #subscribe} does
   */
  public URI checkoutLink(String customer, String tier, CheckoutPage page)
      throws StripeException, IOException {
    return requests.checkoutLink(customer, tier, page);
  }

  /**
   * A page of Stripe's where a customer sees its invoices, changes how it pays, and what else was
   * allowed there. The link is good for some minutes.
   *
   * @param back where the customer goes on from there
   * @throws IllegalStateException if it is not at Stripe
   */
  public URI portalLink(String customer, URI back) throws StripeException {
    return requests.portalLink(customer, back);
  }

  /** What Stripe last said of a customer; empty if it was never asked. */
  public Optional<CustomerBilling> billing(String customer) {
    return book.look(state -> state.billing(customer));
  }

  /**
   * Asks Stripe about a customer now, and gives it what it has: for the page after Checkout, which
   * may come before the event.
   *
   * @throws IllegalStateException if it is not at Stripe
   */
  public CustomerBilling refresh(String customer) throws StripeException, IOException {
    return requests.refresh(customer);
  }

  /** How far events are dealt with, for a health check. */
  public InboxStatus inbox() {
    return service.status();
  }

  /**
   * Usage that Stripe could not count, as it said; the last hundred, the oldest first. {@link
   * StripeUsageSink#retry(String)} sends it again.
   */
  public List<MeterError> meterErrors() {
    return book.look(BillingState::errors);
  }

  /**
   * Takes an event in; durable when it returns.
   *
   * @throws IOException if it could not be written down
   */
  void receive(WebhookBody body) throws IOException {
    service.receive(body);
  }

  Instant now() {
    return clock.instant();
  }

  /** Does one thing that is due, as the threads do; for tests that have none. */
  boolean step() throws IOException, InterruptedException {
    return service.step();
  }

  /**
   * Ends what is under way, within a time. What is to be dealt with is so after a start.
   *
   * @return whether nothing was under way any more
   */
  public boolean close(Duration atMost) {
    return service.close(atMost);
  }

  /** Closes within ten seconds. */
  @Override
  public void close() {
    close(Duration.ofSeconds(10));
  }
}
