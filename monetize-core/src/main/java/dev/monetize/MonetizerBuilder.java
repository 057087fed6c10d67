// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.AccountFile;
import dev.monetize.identity.Customers;
import dev.monetize.identity.KeyFormat;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Subscriptions;
import dev.monetize.limit.InMemoryRateLimiter;
import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.Scope;
import dev.monetize.limit.WindowUse;
import dev.monetize.quota.Quota;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.FileUsageJournal;
import dev.monetize.usage.JournalSettings;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.NamedSink;
import dev.monetize.usage.QuotaWindow;
import dev.monetize.usage.ShipSchedule;
import dev.monetize.usage.Shipper;
import dev.monetize.usage.UsageSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Wires a {@link Monetizer}. Tiers and a data directory are needed; all else has a default. Not
 * thread-safe.
 */
public final class MonetizerBuilder {

  private static final Duration FLUSH = Duration.ofSeconds(3);

  private @Nullable TierCatalog tiers;
  private @Nullable Path directory;
  private @Nullable Customers customers;
  private @Nullable KeyFormat keyFormat;
  private @Nullable Subscriptions subscriptions;
  private @Nullable String defaultTier;
  private @Nullable RateLimiter limiter;
  private InstantSource clock = MonotonicClock.system();
  private UnaryOperator<JournalSettings> journal = UnaryOperator.identity();
  private Duration callerCache = Duration.ofSeconds(30);
  private final Map<String, NamedSink> sinks = new LinkedHashMap<>();

  MonetizerBuilder() {}

  /** What is sold. Needed. */
  public MonetizerBuilder tiers(TierCatalog tiers) {
    this.tiers = Objects.requireNonNull(tiers, "tiers");
    return this;
  }

  /**
   * Where usage, customers, keys and the secret that hashes keys are kept, over restarts. Needed;
   * one engine at a time may use it.
   */
  public MonetizerBuilder dataDirectory(Path directory) {
    this.directory = Objects.requireNonNull(directory, "directory");
    return this;
  }

  /** Whose key is this; by default customers and keys in the data directory. */
  public MonetizerBuilder customers(Customers customers) {
    this.customers = Objects.requireNonNull(customers, "customers");
    return this;
  }

  /** What keys look like and how they are hashed; by default {@link MonetizeKeys}. */
  public MonetizerBuilder keyFormat(KeyFormat format) {
    this.keyFormat = Objects.requireNonNull(format, "format");
    return this;
  }

  /** What customers have; by default kept in the data directory. */
  public MonetizerBuilder subscriptions(Subscriptions subscriptions) {
    this.subscriptions = Objects.requireNonNull(subscriptions, "subscriptions");
    return this;
  }

  /** The tier of customers without a subscription; by default they are refused. */
  public MonetizerBuilder defaultTier(String name) {
    this.defaultTier = Objects.requireNonNull(name, "name");
    return this;
  }

  /** Holds callers to their limits; by default in memory. Closed with the engine. */
  public MonetizerBuilder limiter(RateLimiter limiter) {
    this.limiter = Objects.requireNonNull(limiter, "limiter");
    return this;
  }

  /**
   * Delivers usage to a sink, about once a second.
   *
   * @param name names the sink's place in the journal over restarts: lower-case letters, digits, -
   *     and _
   * @throws IllegalArgumentException if there is a sink of that name already
   */
  public MonetizerBuilder sink(String name, UsageSink sink) {
    return sink(name, sink, ShipSchedule.DEFAULT);
  }

  /** Delivers usage to a sink, on a schedule of its own. */
  public MonetizerBuilder sink(String name, UsageSink sink, ShipSchedule schedule) {
    if (sinks.putIfAbsent(name, new NamedSink(name, sink, schedule)) != null) {
      throw new IllegalArgumentException("there is a sink \"" + name + "\" already");
    }
    return this;
  }

  /** The clock; by default the system's, without the small steps back that it makes. */
  public MonetizerBuilder clock(InstantSource clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /**
   * How usage is written down: what a call waits for, how long it is kept, and what happens to
   * damage:
   *
   * <pre>{@code
   * .journal(settings -> settings.durability(Durability.POWER))
   * }</pre>
   */
  public MonetizerBuilder journal(UnaryOperator<JournalSettings> change) {
    this.journal = Objects.requireNonNull(change, "change");
    return this;
  }

  /**
   * How long a caller that was looked up is taken as it was, 30 seconds unless set: the longest
   * that a change made behind our back, in a table of the app's own, goes unseen.
   */
  public MonetizerBuilder callerCache(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("callerCache must not be negative, got " + time);
    }
    this.callerCache = time;
    return this;
  }

  /**
   * Opens the data directory, restores what was used, and begins to deliver.
   *
   * @throws IllegalStateException if something needed was not given, or the data directory is in
   *     use or damaged
   */
  public Monetizer build() {
    if (tiers == null) {
      throw new IllegalStateException("tiers(...) is needed: what is sold");
    }
    if (directory == null) {
      throw new IllegalStateException("dataDirectory(...) is needed: where usage is kept");
    }
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      return new Monetizer(wire(tiers, directory, opened));
    } catch (RuntimeException e) {
      close(opened, e);
      throw e;
    }
  }

  private Monetizer.Parts wire(TierCatalog catalog, Path dir, Deque<AutoCloseable> opened) {
    Time time = new Time(clock);
    KeyFormat format = keyFormat != null ? keyFormat : MonetizeKeys.load(dir);
    Subscriptions subs = subscriptions;
    Customers whose = customers;
    if (subs == null || whose == null) {
      AccountFile file = AccountFile.open(dir);
      opened.push(file);
      subs = subs != null ? subs : file;
      whose = whose != null ? whose : file;
    }
    Ledger ledger = new Ledger(clock);
    FileUsageJournal journal = open(dir, ledger);
    opened.push(journal);
    RateLimiter limits = limiter != null ? limiter : new InMemoryRateLimiter(restoredFrom(ledger));
    opened.push(limits);
    Offers offers = new Offers(catalog, subs, defaultTier);
    Callers callers = new Callers(format, whose, subs, defaultTier, callerCache);
    Accounts accounts = new Accounts(whose, subs, format, offers, callers, time);
    Shipper shipper = Shipper.start(journal, List.copyOf(sinks.values()), clock);
    opened.push(() -> shipper.close(FLUSH));
    return new Monetizer.Parts(
        time,
        limits,
        journal,
        shipper,
        ledger,
        callers,
        offers,
        format,
        accounts,
        List.copyOf(opened));
  }

  private FileUsageJournal open(Path dir, Ledger ledger) {
    try {
      return FileUsageJournal.open(
          dir.resolve("journal"), journal.apply(JournalSettings.on(clock)), List.of(ledger));
    } catch (IOException e) {
      throw new IllegalStateException(
          "the journal in " + dir + " cannot be opened: " + e.getMessage(), e);
    }
  }

  /** A limiter that starts empty takes what was used of a quota from the ledger. */
  private static WindowUse restoredFrom(Ledger ledger) {
    return (subject, limit, window) ->
        ledger.used(
            subject.customer(),
            subject.key(),
            new QuotaWindow(
                limit.id(), Quota.meterOf(limit.id()), limit.scope() == Scope.KEY, window.start()));
  }

  private static void close(Deque<AutoCloseable> opened, RuntimeException cause) {
    for (AutoCloseable part : opened) {
      try {
        part.close();
      } catch (Exception e) {
        cause.addSuppressed(e);
      }
    }
  }
}
