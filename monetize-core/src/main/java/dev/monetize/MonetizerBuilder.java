// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.AccountFile;
import dev.monetize.identity.Changes;
import dev.monetize.identity.Customers;
import dev.monetize.identity.EndingKeys;
import dev.monetize.identity.KeyFormat;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Subscriptions;
import dev.monetize.limit.InMemoryRateLimiter;
import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.Scope;
import dev.monetize.limit.WindowUse;
import dev.monetize.notice.ExpiringKey;
import dev.monetize.notice.GivenNotices;
import dev.monetize.notice.MissingListeners;
import dev.monetize.notice.NoticeListener;
import dev.monetize.notice.NoticeRules;
import dev.monetize.notice.Notices;
import dev.monetize.quota.Quota;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.FileUsageJournal;
import dev.monetize.usage.JournalFactory;
import dev.monetize.usage.JournalSettings;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.NamedSink;
import dev.monetize.usage.QuotaWindow;
import dev.monetize.usage.RecordedIds;
import dev.monetize.usage.ShipSchedule;
import dev.monetize.usage.Shipper;
import dev.monetize.usage.UsageHistory;
import dev.monetize.usage.UsageIntake;
import dev.monetize.usage.UsageJournal;
import dev.monetize.usage.UsageSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Wires a {@link Monetizer}. Tiers and a data directory are needed; all else has a default. Not
 * thread-safe.
 */
public final class MonetizerBuilder {

  private static final Duration FLUSH = Duration.ofSeconds(3);

  /** A key that ended longer ago is in no notice. */
  private static final Duration KEY_NEWS = Duration.ofDays(8);

  private @Nullable TierCatalog tiers;
  private @Nullable Path directory;
  private @Nullable Customers customers;
  private @Nullable KeyFormat keyFormat;
  private @Nullable Subscriptions subscriptions;
  private @Nullable String defaultTier;
  private Function<WindowUse, RateLimiter> limiter = InMemoryRateLimiter::new;
  private InstantSource clock = MonotonicClock.system();
  private @Nullable UnaryOperator<JournalSettings> journal;
  private @Nullable JournalFactory otherJournal;
  private Duration callerCache = Duration.ofSeconds(30);
  private OnFullJournal onFull = OnFullJournal.REFUSE;
  private NoticeRules noticeRules = NoticeRules.DEFAULT;
  private final Map<String, NoticeListener> listeners = new LinkedHashMap<>();
  private final Map<String, NamedSink> sinks = new LinkedHashMap<>();

  MonetizerBuilder() {}

  /** What is sold. Needed. */
  public MonetizerBuilder tiers(TierCatalog tiers) {
    this.tiers = Objects.requireNonNull(tiers, "tiers");
    return this;
  }

  /**
   * Where usage, customers, keys and the secret that hashes keys are kept, over restarts; one
   * engine at a time may use it. Needed, unless all of these are given: a {@link #usageJournal}
   * that knows ids, {@link #customers}, {@link #subscriptions} and {@link #keyFormat}.
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
    Objects.requireNonNull(limiter, "limiter");
    return limiter(used -> limiter);
  }

  /**
   * Holds callers to their limits, by a limiter that takes from the ledger what was used of quotas
   * before. Closed with the engine.
   *
   * @param factory makes it when the engine is built
   */
  public MonetizerBuilder limiter(Function<WindowUse, RateLimiter> factory) {
    this.limiter = Objects.requireNonNull(factory, "factory");
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
   * Tells somebody when 80, 100 and 120 % of a quota or of a capped overage are used, and before a
   * key expires: each once, over restarts.
   *
   * @param name names what the listener has been told, over restarts: lower-case letters, digits, -
   *     and _
   * @throws IllegalArgumentException if there is a listener of that name already
   */
  public MonetizerBuilder notices(String name, NoticeListener listener) {
    Objects.requireNonNull(listener, "listener");
    if (listeners.putIfAbsent(name, listener) != null) {
      throw new IllegalArgumentException("there is a listener \"" + name + "\" already");
    }
    return this;
  }

  /** What is noticed, where other percentages or days are wanted. */
  public MonetizerBuilder noticeRules(NoticeRules rules) {
    this.noticeRules = Objects.requireNonNull(rules, "rules");
    return this;
  }

  /** What becomes of calls while usage cannot be written; by default they are refused. */
  public MonetizerBuilder onFullJournal(OnFullJournal policy) {
    this.onFull = Objects.requireNonNull(policy, "policy");
    return this;
  }

  /**
   * How usage is written down in the data directory: what a call waits for, how long it is kept,
   * and what happens to damage:
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
   * Writes usage down elsewhere than in the data directory. Closed with the engine.
   *
   * @param factory opens it when the engine is built
   */
  public MonetizerBuilder usageJournal(JournalFactory factory) {
    this.otherJournal = Objects.requireNonNull(factory, "factory");
    return this;
  }

  /**
   * How long a caller that was looked up is taken as it was, 30 seconds unless set: the longest
   * that a change made behind our back, in a table of the app's own, goes unseen. A store with
   * {@link Changes} tells of them sooner.
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
      given(knowsIds(), "where usage is kept");
      given(customers != null && subscriptions != null, "where customers are kept");
      given(keyFormat != null, "where the secret that hashes keys is kept");
    }
    if (journal != null && otherJournal != null) {
      throw new IllegalStateException(
          "journal(...) is about the journal in the data directory, usageJournal(...) is another"
              + " one: give one of them");
    }
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      return new Monetizer(wire(tiers, opened));
    } catch (RuntimeException e) {
      close(opened, e);
      throw e;
    }
  }

  private static void given(boolean elsewhere, String what) {
    if (!elsewhere) {
      throw new IllegalStateException("dataDirectory(...) is needed: " + what);
    }
  }

  private boolean knowsIds() {
    return otherJournal != null && otherJournal.knowsIds();
  }

  private Path data() {
    return Objects.requireNonNull(directory, "directory");
  }

  private Monetizer.Parts wire(TierCatalog catalog, Deque<AutoCloseable> opened) {
    Time time = new Time(clock);
    KeyFormat format = keyFormat != null ? keyFormat : MonetizeKeys.load(data());
    Subscriptions subs = subscriptions;
    Customers whose = customers;
    if (subs == null || whose == null) {
      AccountFile file = AccountFile.open(data());
      opened.push(file);
      subs = subs != null ? subs : file;
      whose = whose != null ? whose : file;
    }
    Ledger ledger = new Ledger(clock, catalog.aggregations());
    RecordedIds ids = knowsIds() ? null : ids(data());
    GivenNotices given = new GivenNotices();
    UsageJournal journal = open(ids == null ? List.of(ledger, given) : List.of(ledger, ids, given));
    opened.push(journal);
    RateLimiter limits = limiter.apply(restoredFrom(ledger));
    opened.push(limits);
    Offers offers = new Offers(catalog, subs, defaultTier);
    Callers callers = new Callers(format, whose, subs, defaultTier, callerCache);
    Stream.of(whose, subs)
        .distinct()
        .flatMap(store -> store instanceof Changes changes ? Stream.of(changes) : Stream.empty())
        .forEach(store -> opened.push(store.listen(callers)));
    NoticeWatch watch =
        new NoticeWatch(
            notices(given, journal, whose, opened),
            new MissingListeners(given, listeners.keySet(), journal::noteDurably),
            ledger,
            offers,
            time);
    Accounts accounts = new Accounts(whose, subs, format, offers, callers, watch, time);
    UsageIntake intake = intake(journal, ledger, ids);
    Shipper shipper = Shipper.start(journal, List.copyOf(sinks.values()), clock);
    opened.push(() -> shipper.close(FLUSH));
    if (journal.shared()) {
      journal.onEvent(event -> watch.used(event.customer()));
    }
    watch.start();
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
        watch,
        new UsageRecorder(callers, offers, intake, limits, watch),
        new UsageHistory(clock, journal, () -> offers.current().catalog().aggregations()),
        onFull,
        List.copyOf(opened));
  }

  private static RecordedIds ids(Path dir) {
    try {
      return RecordedIds.in(dir.resolve("ids"));
    } catch (IOException e) {
      throw new IllegalStateException(dir + " cannot be written: " + e.getMessage(), e);
    }
  }

  private UsageIntake intake(UsageJournal journal, Ledger ledger, @Nullable RecordedIds ids) {
    if (ids == null) {
      return UsageIntake.open(journal, ledger, clock);
    }
    Path dir = data();
    try {
      return UsageIntake.open(dir.resolve("ids"), journal, ledger, ids, clock);
    } catch (IOException e) {
      throw new IllegalStateException(
          "the secret of recorded ids in " + dir + " cannot be read: " + e.getMessage(), e);
    }
  }

  private @Nullable Notices notices(
      GivenNotices given, UsageJournal journal, Customers whose, Deque<AutoCloseable> opened) {
    if (listeners.isEmpty()) {
      return null;
    }
    Notices notices =
        Notices.start(
            noticeRules,
            Map.copyOf(listeners),
            given,
            journal::noteDurably,
            journal.claims(),
            clock);
    opened.push(() -> notices.close(FLUSH));
    if (whose instanceof EndingKeys store) {
      notices.watchKeys(() -> expiring(store, clock.instant()));
    }
    return notices;
  }

  private Stream<ExpiringKey> expiring(EndingKeys store, Instant now) {
    int days = noticeRules.days().isEmpty() ? 0 : noticeRules.days().get(0);
    return store
        .ending(now.minus(KEY_NEWS), now.plus(Duration.ofDays(days + 1L)))
        .filter(key -> !key.revoked())
        .flatMap(
            key ->
                Stream.ofNullable(key.validUntil())
                    .map(until -> new ExpiringKey(key.customer(), key.id(), until)));
  }

  private UsageJournal open(List<JournalState> states) {
    JournalFactory factory = otherJournal != null ? otherJournal : fileJournal(data());
    try {
      return factory.open(clock, states);
    } catch (IOException e) {
      String place = otherJournal != null ? "" : " in " + data();
      throw new IllegalStateException(
          "the journal" + place + " cannot be opened: " + e.getMessage(), e);
    }
  }

  private JournalFactory fileJournal(Path dir) {
    UnaryOperator<JournalSettings> change = journal != null ? journal : UnaryOperator.identity();
    return (time, states) ->
        FileUsageJournal.open(
            dir.resolve("journal"), change.apply(JournalSettings.on(time)), states);
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
