// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.Accounts;
import dev.monetize.Monetizer;
import dev.monetize.tier.TierCatalog;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Billing at work: takes events in from the beginning, and deals with them, and with what is due by
 * the clock, from when the engine is known. Thread-safe.
 */
final class BillingService {

  private static final Logger log = LoggerFactory.getLogger(StripeBilling.class);
  private static final long START_SECONDS = 10;

  private final BillingSettings settings;
  private final BillingBook book;
  private final CustomerLinks links;
  private final SubscriptionReader reader;
  private final Set<String> otherVersions = ConcurrentHashMap.newKeySet();
  private final CountDownLatch started = new CountDownLatch(1);
  private volatile @Nullable Running running;

  /** What there is once the engine is known. */
  private record Running(
      Accounts accounts,
      Supplier<TierCatalog> tiers,
      Inbox inbox,
      InboxWork work,
      UsageFlush usage,
      Workers workers) {}

  BillingService(BillingSettings settings, CustomerLinks links, SubscriptionReader reader) {
    this.settings = settings;
    this.book = settings.book();
    this.links = links;
    this.reader = reader;
  }

  /**
   * Begins to deal with what came.
   *
   * @param reported what was sent under an identifier, where that is known
   * @throws IllegalStateException if it was started before, or the rules do not fit the tiers
   */
  synchronized void start(
      Monetizer monetizer, UsageFlush usage, Function<String, Optional<ReportedUsage>> reported) {
    if (running != null) {
      throw new IllegalStateException("billing is started already");
    }
    settings.rules().check(monetizer.tiers());
    Accounts accounts = monetizer.accounts();
    Supplier<TierCatalog> tiers = monetizer::tiers;
    Inbox inbox =
        new Inbox(
            book,
            links,
            new CustomerLook(reader, settings.rules(), accounts, book, tiers, settings.clock()),
            new MeterReports(settings.stripe(), reported),
            settings.clock());
    EndFlush ends = new EndFlush(book, usage::begin);
    InboxWork work = new InboxWork(book.turn(), inbox, ends, settings.clock());
    Workers workers = new Workers("monetize-billing", StripeBilling.class, work);
    running = new Running(accounts, tiers, inbox, work, usage, workers);
    started.countDown();
    workers.start(settings.threads());
  }

  /** Waits a while for {@code start}. */
  void awaitStart() {
    try {
      started.await(START_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What there is once it was started; {@link IllegalStateException} before. */
  private Running running() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("billing is not started: call start(…) first");
    }
    return now;
  }

  Accounts accounts() {
    return running().accounts;
  }

  /** Those in force. */
  TierCatalog tiers() {
    return running().tiers.get();
  }

  /**
   * Has all that a customer used arrive at Stripe.
   *
   * @throws IOException if it did not within a while
   */
  void flush(String customer) throws IOException {
    try {
      running().usage.complete(customer);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Asks Stripe about a customer now, and gives it what it has. */
  CustomerBilling refresh(String customer, String stripeCustomer)
      throws StripeException, IOException {
    try {
      return running().inbox.refresh(customer, stripeCustomer);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static InterruptedIOException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    InterruptedIOException failed = new InterruptedIOException("interrupted");
    failed.initCause(e);
    return failed;
  }

  /**
   * Takes an event in; durable when it returns.
   *
   * @throws IOException if it could not be written down
   */
  void receive(WebhookBody body) throws IOException {
    if (!body.version().isEmpty()
        && !body.version().equals(StripeBilling.API_VERSION)
        && otherVersions.add(body.version())) {
      log.warn(
          "events come from Stripe in version {} of its API, and not {}: give the webhook's endpoint"
              + " that version. They are dealt with all the same, since what they are about is"
              + " asked for in version {}",
          body.version(),
          StripeBilling.API_VERSION,
          StripeBilling.API_VERSION);
    }
    if (body.event().isPresent()) {
      book.receive(body.event().get());
      Running now = running;
      if (now != null) {
        now.work.wake();
      }
    }
  }

  /** How far events are dealt with. */
  InboxStatus status() {
    Running now = running;
    List<InboxStatus.Failure> failing = now == null ? List.of() : now.inbox.failing();
    return book.look(
        state ->
            new InboxStatus(
                state.pending().size(),
                state.pending().values().stream()
                    .map(event -> Instant.ofEpochSecond(event.received()))
                    .findFirst(),
                failing,
                otherVersions));
  }

  /** Does one thing that is due, as the threads do; whether there was any. */
  boolean step() throws IOException, InterruptedException {
    return running().work.step();
  }

  /** Ends what is under way; whether nothing was any more within that time. */
  boolean close(Duration atMost) {
    Running now = running;
    boolean ended = now == null || now.workers.close(atMost);
    book.close();
    return ended;
  }
}
