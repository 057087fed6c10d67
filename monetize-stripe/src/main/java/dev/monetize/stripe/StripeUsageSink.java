// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.OutboxEntry.Fate;
import dev.monetize.stripe.OutboxEntry.Sealed;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Reports usage to Stripe's meters, each unit once:
 *
 * <pre>{@code
 * StripeUsageSink stripe =
 *     StripeUsageSink.builder(StripeConnection.with(apiKey), dataDirectory.resolve("stripe"))
 *         .meter("calls", "api_calls")
 *         .customers(customer -> stripeIds.find(customer))
 *         .build();
 * Monetizer monetizer = Monetizer.builder()....sink("stripe", stripe).build();
 * }</pre>
 *
 * <p>A batch is added up per customer, meter and hour in a durable outbox, and is done with then.
 * Each hour what came together becomes one meter event a customer and meter, with an identifier
 * that is its own for ever; it is sent until Stripe has it. Stripe knows identifiers for a day:
 * what may have arrived 23 hours ago or more is not sent again but looked for in the meter's sums,
 * and where these do not tell, parked. Nothing is dropped but by {@link #drop}, and the use of
 * customers who are not at Stripe.
 *
 * <p>Stripe's meters must add up ({@code sum}), and not be aggregated beforehand ({@code
 * event_time_window}). Several instances may report to the same meters; then sums do not tell, and
 * what was in doubt for a day is parked. Thread-safe. Close the monetizer first, and then this.
 */
public final class StripeUsageSink implements UsageSink, AutoCloseable {

  private static final long LOOK_EACH_MILLIS = 20;

  private final Outbox outbox;
  private final Uses uses;
  private final Dispatch dispatch;
  private final OutboxSender sender;
  private final Workers threads;
  private final Reporting reporting;

  /** What is reported, and where. */
  record Reporting(
      MeterEvents stripe,
      Map<String, String> meters,
      Function<String, Optional<String>> customers,
      InstantSource clock) {}

  StripeUsageSink(
      Outbox outbox,
      Uses uses,
      Dispatch dispatch,
      OutboxSender sender,
      Workers threads,
      Reporting reporting) {
    this.outbox = outbox;
    this.uses = uses;
    this.dispatch = dispatch;
    this.sender = sender;
    this.threads = threads;
    this.reporting = reporting;
  }

  /**
   * How one is made.
   *
   * @param outbox a directory of its own for what is on its way; made where it does not exist.
   *     Belongs to the journal, and is to be backed up with it
   */
  public static StripeUsageSinkBuilder builder(StripeConnection connection, Path outbox) {
    return new StripeUsageSinkBuilder(connection, outbox);
  }

  /** Takes a batch into the outbox; what was taken before is not taken again. */
  @Override
  public void deliver(UsageBatch batch) throws IOException, InterruptedException {
    outbox.fold(batch, uses.of(batch));
    dispatch.wake();
  }

  /**
   * Cuts all use so far into items now, and not on the hour.
   *
   * @throws IOException if the outbox takes nothing
   */
  public void flush() throws IOException, InterruptedException {
    flush("");
  }

  /**
   * Cuts all use of a customer into items now: before its subscription ends, since no invoice comes
   * after that.
   *
   * @param customer ours
   */
  public void flush(String customer) throws IOException, InterruptedException {
    outbox.seal(new Sealed(Long.MAX_VALUE, reporting.clock.instant().getEpochSecond(), customer));
    dispatch.wake();
  }

  /**
   * The same, and waits until all of that has arrived, but for what is parked.
   *
   * @param customer ours
   * @return false if it took longer: it arrives later
   */
  public boolean report(String customer, Duration atMost) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    flush(customer);
    Set<Long> cut = outbox.look(state -> waiting(state, customer));
    while (!outbox.look(state -> Collections.disjoint(state.waiting().keySet(), cut))) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EACH_MILLIS);
    }
    return true;
  }

  private static Set<Long> waiting(OutboxState state, String customer) {
    return state.waiting().values().stream()
        .filter(item -> item.window().customer().equals(customer))
        .map(OutboxItem::number)
        .collect(Collectors.toSet());
  }

  /** How far usage is. */
  public StripeBacklog backlog() {
    String stopped = dispatch.locked(); // not within: senders lock it first, then the outbox
    return outbox.look(state -> backlog(state, stopped));
  }

  private static StripeBacklog backlog(OutboxState state, @Nullable String stopped) {
    long open = state.windows().values().stream().mapToLong(OutboxWindow::open).sum();
    LongStream waiting = state.waiting().values().stream().mapToLong(OutboxItem::second);
    LongStream inWindows =
        state.windows().values().stream()
            .filter(window -> window.open() > 0)
            .mapToLong(OutboxWindow::second);
    OptionalLong oldest = LongStream.concat(waiting, inWindows).min();
    return new StripeBacklog(
        open,
        state.waiting().size(),
        oldest.isEmpty()
            ? Optional.empty()
            : Optional.of(Instant.ofEpochSecond(oldest.getAsLong())),
        state.parked().size(),
        state.arrived(),
        state.dropped(),
        Optional.ofNullable(stopped));
  }

  /** What waits for somebody to decide, the oldest first. */
  public List<ParkedUsage> parked() {
    return outbox.look(state -> state.parked().values().stream().map(item -> shown(item)).toList());
  }

  private ParkedUsage shown(ParkedItem parked) {
    OutboxItem item = parked.item();
    return new ParkedUsage(
        item.number(),
        item.window(),
        item.units(),
        Identifiers.of(outbox.id(), item),
        Instant.ofEpochSecond(parked.at()),
        parked.reason());
  }

  /**
   * What was sent under an identifier; empty if that is of another outbox, or long ago: the last
   * ten thousand that arrived are remembered.
   */
  public Optional<ReportedUsage> reported(String identifier) {
    return outbox
        .look(state -> item(identifier, state))
        .map(item -> new ReportedUsage(item.window(), item.units(), identifier));
  }

  private Optional<OutboxItem> item(String identifier, OutboxState state) {
    return Identifiers.number(outbox.id(), identifier)
        .flatMap(state::item)
        .filter(item -> Identifiers.of(outbox.id(), item).equals(identifier));
  }

  /**
   * Sends parked usage again, under a new identifier: do so where Stripe certainly has not got it.
   *
   * @return false if there is none of that number
   */
  public boolean retry(long number) throws IOException, InterruptedException {
    return decide(Fate.RELEASED, state -> parked(number, state));
  }

  /**
   * Sends again what was sent under an identifier, and is parked, or arrived and was found fault
   * with later ({@link MeterError#usage}): under a new identifier, once, however often it is asked.
   * Do so only where Stripe certainly does not count it, and the fault is mended: what it counts
   * would be billed twice.
   *
   * @return false if there is none: it is on its way, went on under another identifier, or is not
   *     {@linkplain #reported known}
   */
  public boolean retry(String identifier) throws IOException, InterruptedException {
    return decide(
        Fate.RELEASED,
        state ->
            item(identifier, state).filter(item -> !state.waiting().containsKey(item.number())));
  }

  /**
   * Gives parked usage up: Stripe has it, or is not to have it.
   *
   * @return false if there is none of that number
   */
  public boolean drop(long number) throws IOException, InterruptedException {
    return decide(Fate.DROPPED, state -> parked(number, state));
  }

  private static Optional<OutboxItem> parked(long number, OutboxState state) {
    return Optional.ofNullable(state.parked().get(number)).map(ParkedItem::item);
  }

  private boolean decide(Fate fate, Function<OutboxState, Optional<OutboxItem>> which)
      throws IOException, InterruptedException {
    Optional<OutboxItem> item = outbox.look(which);
    if (item.isEmpty()) {
      return false;
    }
    outbox.decide(fate, reporting.clock.instant().getEpochSecond(), item.get());
    outbox.sync();
    dispatch.wake();
    return true;
  }

  /** Goes on after {@link StripeBacklog#stopped}, when the key may be used again. */
  public void resume() {
    dispatch.unlock();
  }

  Outbox outbox() {
    return outbox;
  }

  MeterEvents stripe() {
    return reporting.stripe;
  }

  Map<String, String> meters() {
    return reporting.meters;
  }

  Function<String, Optional<String>> customers() {
    return reporting.customers;
  }

  InstantSource clock() {
    return reporting.clock;
  }

  /** Does one thing that is due, as the threads do; for tests that have none. */
  boolean step() throws IOException, InterruptedException {
    return sender.step();
  }

  /**
   * Ends what is under way, within a time, and lets the outbox go. What waits is sent after the
   * next start.
   *
   * @return whether nothing was under way any more
   */
  public boolean close(Duration atMost) {
    boolean ended = threads.close(atMost);
    outbox.close();
    return ended;
  }

  /** Closes within ten seconds. */
  @Override
  public void close() {
    close(Duration.ofSeconds(10));
  }
}
