// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.StripeUsageSink.Reporting;
import dev.monetize.usage.JournalFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link StripeUsageSink}. Not thread-safe. */
public final class StripeUsageSinkBuilder {

  private static final int MOST_THREADS = 64;
  private static final int MOST_A_SECOND = 500;
  private static final int MOST_EVENT_NAME = 100;

  private final StripeConnection connection;
  private final Map<String, String> meters = new TreeMap<>();
  private JournalFactory outbox;
  private @Nullable Function<String, Optional<String>> customers;
  private PeriodStarts periods = PeriodStarts.ON_THE_HOUR;
  private Predicate<String> sold = tier -> true;
  private Duration flushEvery = Duration.ofHours(1);
  private boolean streamed;
  private int concurrency = 8;
  private int callsPerSecond = 20;
  private InstantSource clock = InstantSource.system();

  StripeUsageSinkBuilder(StripeConnection connection, Path directory) {
    this.connection = Objects.requireNonNull(connection, "connection");
    this.outbox = NoteBook.inFiles(directory);
  }

  /**
   * Has a meter reported; others are not.
   *
   * @param meter ours
   * @param eventName the {@code event_name} of Stripe's meter, at most 100 characters
   */
  public StripeUsageSinkBuilder meter(String meter, String eventName) {
    if (eventName.isEmpty() || eventName.length() > MOST_EVENT_NAME) {
      throw new IllegalArgumentException(
          "eventName must have 1 to 100 characters, got \"" + eventName + "\"");
    }
    if (meters.putIfAbsent(meter, eventName) != null) {
      throw new IllegalArgumentException("meter \"" + meter + "\" is given twice");
    }
    return this;
  }

  /**
   * Reports what customers use whose subscriptions that is about: sets {@link #customers}, {@link
   * #periods} and {@link #sold}. What comes before it is started waits.
   */
  public StripeUsageSinkBuilder billing(StripeBilling billing) {
    return customers(billing::stripeCustomer).periods(billing::periodStart).sold(billing::isSold);
  }

  /**
   * Who a customer is at Stripe ({@code cus_…}); empty: not there, and its use is not reported.
   * Asked for each item, on several threads; what it throws has the item tried again.
   */
  public StripeUsageSinkBuilder customers(Function<String, Optional<String>> stripeCustomer) {
    customers = Objects.requireNonNull(stripeCustomer, "stripeCustomer");
    return this;
  }

  /** Where billing periods begin; default: on the full hour. */
  public StripeUsageSinkBuilder periods(PeriodStarts starts) {
    periods = Objects.requireNonNull(starts, "starts");
    return this;
  }

  /**
   * Which tiers are paid for at Stripe, by their names; default: all. Use in others is not
   * reported: of who has a free tier and subscribes within the hour, or fell back to one.
   */
  public StripeUsageSinkBuilder sold(Predicate<String> tier) {
    sold = Objects.requireNonNull(tier, "tier");
    return this;
  }

  /**
   * How often use is cut into items: full hours (the default is one), each some minutes late, or a
   * shorter time, for tests and demonstrations. What is cut after an invoice has become final is on
   * none: with more than an hour, have Stripe keep invoices as drafts for longer than that.
   *
   * @throws IllegalArgumentException if less than a second, more than a day, or longer than an hour
   *     and not full hours
   */
  public StripeUsageSinkBuilder flushEvery(Duration every) {
    boolean full = every.toSeconds() % 3600 == 0;
    if (every.toSeconds() < 1
        || every.compareTo(Duration.ofDays(1)) > 0
        || (every.compareTo(Duration.ofHours(1)) > 0 && !full)) {
      throw new IllegalArgumentException(
          "flushEvery must be 1 s to 1 h, or full hours up to a day, got " + every);
    }
    flushEvery = every;
    return this;
  }

  /** How many calls are under way at most, 1 to 64; default 8. One of each customer and meter. */
  public StripeUsageSinkBuilder concurrency(int calls) {
    concurrency = within("concurrency", calls, MOST_THREADS);
    return this;
  }

  /**
   * Calls a second at most, 1 to 500; default 20, of the 25 that a sandbox takes of all callers
   * together.
   */
  public StripeUsageSinkBuilder callsPerSecond(int calls) {
    callsPerSecond = within("callsPerSecond", calls, MOST_A_SECOND);
    return this;
  }

  private static int within(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " must be 1 to " + most + ", got " + value);
    }
    return value;
  }

  /**
   * Sends a hundred items in a call, by Stripe's stream of meter events (API v2): for many
   * thousands of customers. What Stripe cannot use is not answered then, but reported by webhook.
   */
  public StripeUsageSinkBuilder streamed() {
    streamed = true;
    return this;
  }

  /** The clock; default: the system's. */
  public StripeUsageSinkBuilder clock(InstantSource source) {
    clock = Objects.requireNonNull(source, "source");
    return this;
  }

  /**
   * Keeps the outbox in another journal than files: one of its own, that holds nothing else. Where
   * instances share it, as one in Redis, each takes batches in, and one of them sends; when that
   * one dies another goes on. An instance that slept for longer than the time between two
   * checkpoints says so, and is to be restarted. Use {@code replicas} there: an outbox that a
   * failover cuts short may report usage twice.
   */
  public StripeUsageSinkBuilder outbox(JournalFactory journal) {
    outbox = Objects.requireNonNull(journal, "journal");
    return this;
  }

  /**
   * Opens the outbox, and begins to send what waits in it.
   *
   * @throws IOException if the outbox cannot be read, or is in use
   * @throws IllegalStateException if no meter or no customers were given
   */
  public StripeUsageSink build() throws IOException {
    MeterEvents stripe =
        streamed ? new StreamedMeterEvents(connection, clock) : new StripeMeterEvents(connection);
    return build(stripe, concurrency);
  }

  /** One with so many threads; with none, for tests that do its steps. */
  StripeUsageSink build(MeterEvents stripe, int threads) throws IOException {
    if (meters.isEmpty()) {
      throw new IllegalStateException("no meter is reported: call meter(…)");
    }
    Function<String, Optional<String>> who = customers;
    if (who == null) {
      throw new IllegalStateException("nobody is known at Stripe: call customers(…)");
    }
    Outbox opened = Outbox.open(outbox, clock);
    Reporting reporting =
        new Reporting(stripe, Collections.unmodifiableMap(new TreeMap<>(meters)), who, clock);
    Dispatch dispatch = new Dispatch(opened, new Pace(callsPerSecond));
    Cutting cutting = new Cutting(opened, new FlushTimes(flushEvery, opened.id()), periods);
    OutboxSender sender = new OutboxSender(opened, dispatch, reporting, cutting);
    Workers running =
        new Workers("monetize-stripe", StripeUsageSink.class, new Sending(dispatch, sender));
    running.start(threads);
    return new StripeUsageSink(
        opened, new Uses(meters.keySet(), periods, sold), dispatch, sender, running, reporting);
  }
}
