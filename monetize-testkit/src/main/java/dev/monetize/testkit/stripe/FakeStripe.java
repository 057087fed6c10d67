// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A Stripe to test with: an HTTP server on localhost that keeps the rules of Stripe's billing, and
 * fails when it is told to. It needs no network, no account and no SDK; clients of Stripe talk to
 * it once their base address is set to {@link #apiBase}.
 *
 * <pre>{@code
 * MutableClock clock = new MutableClock(Instant.parse("2026-11-20T12:00:00Z"));
 * try (FakeStripe stripe = FakeStripe.builder().clock(clock).start()) {
 *   StripeClient client =
 *       StripeClient.builder().setApiKey(stripe.apiKey()).setApiBase(stripe.apiBase()).build();
 *   stripe.faults().next("/v1/billing/meter_events", StripeFault.unanswered());
 *   // ... the app reports usage, and reports it again
 *   assertThat(stripe.usage(customer, "api_calls")).isEqualByComparingTo("7");
 *   clock.advance(Duration.ofDays(31));
 *   stripe.settle(); // the period has ended, its invoice is final, webhooks are delivered
 * }
 * }</pre>
 *
 * <p>Time is that of a clock that is given; nothing waits for real time but slow calls. The lock of
 * the server is held while a call is carried out, so that calls are carried out one after the
 * other. Thread-safe.
 */
public final class FakeStripe implements AutoCloseable {

  private static final String KEY = "sk_test_fake";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long TICK_MILLIS = 100;

  private final World world;
  private final Courier courier;
  private final Keys keys = new Keys();
  private final Tally tally = new Tally();
  private final StripeFaults faults;
  private final StripeWebhooks webhooks;
  private final PaymentMethods cards;
  private final Meters meters;
  private final State state;
  private final Checkout checkout;
  private final Pages pages;
  private final Door door;
  private final CountDownLatch closed = new CountDownLatch(1);

  FakeStripe(Settings settings) {
    world = new World(settings);
    faults = new StripeFaults(() -> world.locked(() -> world.agenda().now()));
    Listeners listeners = new Listeners(world);
    courier = new Courier(world, listeners);
    webhooks = new StripeWebhooks(courier);
    Events events = new Events(world, courier);
    Usage usage = new Usage();
    cards = new PaymentMethods(world, events);
    meters = new Meters(world, events);
    Entitlements entitlements = new Entitlements(world, events);
    Billing billing = Billing.of(world, events, usage, cards, entitlements);
    Subscriptions subscriptions = new Subscriptions(billing);
    Customers customers = new Customers(world, events, cards, subscriptions::leave);
    checkout = new Checkout(billing, events, customers, cards, subscriptions);
    Portal portal = new Portal(world, customers);
    state = new State(world, usage, billing.invoicing(), cards, courier);
    pages = new Pages(billing, state, checkout, portal, cards, faults);
    Sessions sessions = new Sessions(world);
    Router router = new Router();
    List.<Routes>of(
            listeners::routes,
            events::routes,
            cards::routes,
            meters::routes,
            entitlements::routes,
            customers::routes,
            checkout::routes,
            portal::routes,
            sessions::routes,
            subscriptions::routes,
            new SubscriptionItems(billing)::routes,
            billing.invoiceItems()::routes,
            new Previews(billing)::routes,
            new Invoices(world, events, billing.invoicing(), billing.payments())::routes,
            new TestClocks(world, events, subscriptions)::routes,
            new Summaries(world, usage)::routes,
            new MeterEvents(world, meters, usage, new ErrorReports(world, events))::routes)
        .forEach(routes -> routes.to(router));
    catalog(events, router);
    Gate gate = new Gate(world, router, keys, sessions, faults, tally);
    door =
        new Door(
            settings.port(), call -> Pages.covers(call) ? pages.answer(call) : gate.answer(call));
    world.base(apiBase());
    courier.open();
    tick();
    door.open();
  }

  /** Adds its routes to a router. */
  @FunctionalInterface
  private interface Routes {
    void to(Router router);
  }

  private void catalog(Events events, Router router) {
    Products products = new Products(world, events);
    products.routes(router);
    new Prices(world, events, products).routes(router);
  }

  /** One with all settings as they are unless set, on a free port. */
  public static FakeStripe start() {
    return builder().start();
  }

  /** One with other settings. */
  public static FakeStripeBuilder builder() {
    return new FakeStripeBuilder();
  }

  private void tick() {
    Thread thread = new Thread(this::ticking, "fake-stripe-clock");
    thread.setDaemon(true);
    thread.start();
  }

  private void ticking() {
    try {
      while (!closed.await(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        doDue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void doDue() {
    try {
      world.locked(() -> {});
    } catch (RuntimeException e) {
      Thread thread = Thread.currentThread(); // which is to go on
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  /** What clients take for {@code https://api.stripe.com}, and for the host of meter events. */
  public String apiBase() {
    return "http://localhost:" + door.port();
  }

  /**
   * A key that may do all. Any other that begins with {@code sk_test_} or {@code rk_test_} may too.
   */
  public String apiKey() {
    return KEY;
  }

  /** Has calls with a key answered with 401 from now on. */
  public void revoke(String key) {
    world.locked(() -> keys.revoke(key));
  }

  /** Has calls with a key answered with 403, unless their path begins like one of these. */
  public void restrict(String key, String... paths) {
    world.locked(() -> keys.restrict(key, List.of(paths)));
  }

  /** What goes wrong with calls. */
  public StripeFaults faults() {
    return faults;
  }

  /** How events are delivered. */
  public StripeWebhooks webhooks() {
    return webhooks;
  }

  /** Turns the time on from that of the clock, and does what has become due. */
  public void advance(Duration by) {
    world.locked(() -> world.agenda().advance(by));
    world.locked(() -> {});
  }

  /**
   * Does what has become due by the clock, and waits until all events that are not held have been
   * brought to who listens.
   *
   * @throws IllegalStateException if that takes longer than half a minute
   */
  public void settle() throws InterruptedException {
    world.locked(() -> {});
    if (!courier.awaitIdle(PATIENCE)) {
      throw new IllegalStateException("events are still being delivered after " + PATIENCE);
    }
  }

  /** Has all payments of a customer fail. */
  public void failPayments(String customer) {
    world.locked(() -> cards.broke(customer, true));
  }

  /** Has payments of a customer go through again; what failed is tried again in its own time. */
  public void recoverPayments(String customer) {
    world.locked(() -> cards.broke(customer, false));
  }

  /**
   * All that counts for a customer, as it is and not as of some time ago; zero where there is no
   * such customer or active meter.
   */
  public BigDecimal usage(String customer, String eventName) {
    return world.locked(
        () -> {
          ObjectNode meter = meters.active(eventName);
          return meter == null ? BigDecimal.ZERO : state.usage(meter, customer);
        });
  }

  /** How many calls came, whatever became of them, unless they were lost before they arrived. */
  public long calls(String method, String path) {
    return tally.of(method, path);
  }

  /** How many calls of the API came in all. */
  public long calls() {
    return tally.all();
  }

  /** Customers, subscriptions, meters, invoices and more, as JSON. */
  public String state() {
    return world.locked(() -> Json.write(state.json()));
  }

  /**
   * Somebody pays on the page of a checkout session with a card that pays.
   *
   * @throws IllegalStateException if the session is not open
   */
  public void completeCheckout(String session) {
    act(() -> checkout.complete(session, "pm_card_visa", null));
  }

  /**
   * Has the period of a subscription end now, with a final invoice.
   *
   * @throws IllegalStateException if there is no such subscription, or it has ended
   */
  public void bill(String subscription) {
    act(() -> pages.bill(subscription));
  }

  private void act(Runnable act) {
    try {
      world.locked(act);
    } catch (StripeError e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Closes all connections, and ends all threads. */
  @Override
  public void close() {
    closed.countDown();
    faults.close();
    courier.close();
    door.close();
  }
}
