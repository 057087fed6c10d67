// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.usage.JournalFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Settings of {@link StripeBilling}. Not thread-safe. */
public final class StripeBillingBuilder {

  private static final int THREADS = 4;

  private final StripeConnection connection;
  private final Map<String, String> fallbacks = new TreeMap<>();
  private JournalFactory journal;
  private LookupKeys keys = new LookupKeys("monetize");
  private Duration grace = Duration.ofDays(7);
  private @Nullable String fallback;
  private InstantSource clock = InstantSource.system();

  StripeBillingBuilder(StripeConnection connection, Path directory) {
    this.connection = Objects.requireNonNull(connection, "connection");
    this.journal = NoteBook.inFiles(directory);
  }

  /**
   * What the lookup keys of the prices at Stripe begin with; default: {@code monetize}. A tier's
   * base price has the key {@code <prefix>.<tier>.base}, that of a meter {@code
   * <prefix>.<tier>.<meter>}.
   */
  public StripeBillingBuilder prefix(String text) {
    keys = new LookupKeys(text);
    return this;
  }

  /**
   * How long a customer keeps its tier after a payment failed first, 0 to 366 days; default: a
   * week.
   */
  public StripeBillingBuilder grace(Duration time) {
    new BillingRules(time, null, Map.of());
    grace = time;
    return this;
  }

  /**
   * The tier of customers whose subscription has ended, or was not paid for; default: the lowest,
   * if it is free.
   */
  public StripeBillingBuilder fallback(String tier) {
    fallback = Objects.requireNonNull(tier, "tier");
    return this;
  }

  /** The same for those who had one tier. */
  public StripeBillingBuilder fallback(String tier, String other) {
    fallbacks.put(Objects.requireNonNull(tier, "tier"), Objects.requireNonNull(other, "other"));
    return this;
  }

  /** The clock; default: the system's. */
  public StripeBillingBuilder clock(InstantSource source) {
    clock = Objects.requireNonNull(source, "source");
    return this;
  }

  /**
   * Keeps what is known in another journal than files: one of its own, that holds nothing else.
   * Where instances share it, as one in Redis, each takes events in, and one of them deals with
   * them; when that one dies another goes on.
   */
  public StripeBillingBuilder journal(JournalFactory factory) {
    journal = Objects.requireNonNull(factory, "factory");
    return this;
  }

  /**
   * Opens what is known.
   *
   * @throws IOException if it cannot be read, or is in use
   */
  public StripeBilling open() throws IOException {
    return open(THREADS);
  }

  /** One with so many threads; with none, for tests that do its steps. */
  StripeBilling open(int threads) throws IOException {
    return new StripeBilling(
        new BillingSettings(
            connection.client(),
            BillingBook.open(journal, clock),
            keys,
            new BillingRules(grace, fallback, fallbacks),
            clock,
            threads));
  }
}
