// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.BillingEntry.Failed;
import dev.monetize.stripe.BillingEntry.Handled;
import dev.monetize.stripe.BillingEntry.Linked;
import dev.monetize.stripe.BillingEntry.Looked;
import dev.monetize.stripe.BillingEntry.NothingAside;
import dev.monetize.stripe.BillingEntry.PutAside;
import dev.monetize.stripe.BillingEntry.Received;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What is known of Stripe's customers, and the events that are not dealt with. Not thread-safe. */
final class BillingState implements JournalState {

  /** What each entry begins with. */
  static final int MARK = 'B';

  private static final int LAYOUT = 1;

  /** Stripe repeats an event for three days; one that comes later is dealt with again. */
  private static final long KNOWN_SECONDS = Duration.ofDays(8).toSeconds();

  /** Stripe takes usage that is 35 days old, and cuts it by the periods of then. */
  private static final long PERIODS_SECONDS = Duration.ofDays(36).toSeconds();

  private static final int MOST_ERRORS = 100;

  private final Map<String, String> links = new HashMap<>();
  private final Map<String, String> linksBack = new HashMap<>();
  private final Map<String, CustomerBilling> billing = new LinkedHashMap<>();
  private final Map<String, NavigableSet<Long>> periods = new HashMap<>();

  /** When Stripe is to be asked again, and when subscriptions end. */
  private final NavigableSet<Due> asks = new TreeSet<>();

  private final NavigableSet<Due> ends = new TreeSet<>();
  private final Map<Long, InboxEvent> pending = new LinkedHashMap<>();
  private final Map<String, Long> known = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> aside = new HashMap<>();
  private final Deque<MeterError> errors = new ArrayDeque<>();
  private long nextNumber = 1;

  @Override
  public String name() {
    return "stripe-billing";
  }

  @Override
  public BillingState fresh() {
    return new BillingState();
  }

  @Override
  public void event(long sequence, UsageEvent event) {}

  @Override
  public void note(long sequence, byte[] note) {
    if (note.length > 0 && note[0] == MARK) {
      apply(BillingEntry.of(note));
    }
  }

  void apply(BillingEntry entry) {
    if (entry instanceof Linked linked) {
      link(linked.customer(), linked.stripeCustomer());
    } else if (entry instanceof Received received) {
      receive(received.event());
    } else if (entry instanceof Looked looked) {
      look(looked.billing());
    } else if (entry instanceof Failed failed) {
      fail(failed.error());
    } else if (entry instanceof PutAside value) {
      aside
          .computeIfAbsent(value.customer(), customer -> new TreeMap<>())
          .put(value.name(), value.value());
    } else if (entry instanceof NothingAside nothing) {
      aside.remove(nothing.customer());
    } else if (entry instanceof Handled handled) {
      pending
          .entrySet()
          .removeIf(
              event ->
                  event.getKey() <= handled.last()
                      && event.getValue().subject().equals(handled.subject()));
    }
  }

  private void link(String customer, String stripeCustomer) {
    String before = links.put(customer, stripeCustomer);
    if (before != null) {
      linksBack.remove(before);
    }
    linksBack.put(stripeCustomer, customer);
  }

  private void receive(InboxEvent event) {
    forget(event.received() - KNOWN_SECONDS);
    if (known.putIfAbsent(event.id(), event.received()) == null) {
      pending.put(nextNumber++, event);
    }
  }

  /** They are nearly in order of time; one that is not is forgotten with its neighbours. */
  private void forget(long before) {
    Iterator<Long> oldest = known.values().iterator();
    while (oldest.hasNext() && oldest.next() < before) {
      oldest.remove();
    }
  }

  private void look(CustomerBilling seen) {
    CustomerBilling newer = billing.get(seen.customer());
    if (newer != null && newer.seen().isAfter(seen.seen())) {
      return; // of another instance, which looked later and wrote earlier
    }
    put(seen);
    NavigableSet<Long> starts =
        periods.computeIfAbsent(seen.customer(), customer -> new TreeSet<>());
    seen.periodStart().ifPresent(start -> starts.add(start.getEpochSecond()));
    seen.periodEnd().ifPresent(end -> starts.add(end.getEpochSecond()));
    starts.headSet(seen.seen().getEpochSecond() - PERIODS_SECONDS).clear();
    if (starts.isEmpty()) {
      periods.remove(seen.customer());
    }
  }

  private void put(CustomerBilling seen) {
    CustomerBilling before = billing.put(seen.customer(), seen);
    if (before != null) {
      before.askAgain().ifPresent(at -> asks.remove(new Due(at, before.customer())));
      before.endsAt().ifPresent(at -> ends.remove(new Due(at, before.customer())));
    }
    seen.askAgain().ifPresent(at -> asks.add(new Due(at, seen.customer())));
    seen.endsAt().ifPresent(at -> ends.add(new Due(at, seen.customer())));
  }

  private void fail(MeterError error) {
    errors.addLast(error);
    if (errors.size() > MOST_ERRORS) {
      errors.removeFirst();
    }
  }

  boolean isKnown(String event) {
    return known.containsKey(event);
  }

  Optional<String> stripeCustomer(String customer) {
    return Optional.ofNullable(links.get(customer));
  }

  Optional<String> customer(String stripeCustomer) {
    return Optional.ofNullable(linksBack.get(stripeCustomer));
  }

  Optional<CustomerBilling> billing(String customer) {
    return Optional.ofNullable(billing.get(customer));
  }

  /** Those about whom Stripe is to be asked again by then, the most overdue first. */
  List<CustomerBilling> toBeAsked(Instant by) {
    return asks.headSet(Due.first(by.plusNanos(1)), false).stream()
        .map(due -> billing.get(due.customer()))
        .toList();
  }

  /** Whose subscription ends after a time and not after another, and when. */
  List<Due> ending(Instant after, Instant by) {
    Due first = Due.first(after.plusNanos(1));
    return List.copyOf(ends.subSet(first, true, Due.first(by.plusNanos(1)), false));
  }

  /** Events that are not dealt with, by number, the oldest first. */
  Map<Long, InboxEvent> pending() {
    return pending;
  }

  /** Number of the last event that came. */
  long last() {
    return nextNumber - 1;
  }

  /** Values of a customer's own that are put aside. */
  Map<String, String> aside(String customer) {
    return Map.copyOf(aside.getOrDefault(customer, Map.of()));
  }

  List<MeterError> errors() {
    return List.copyOf(errors);
  }

  /** Where a period of a customer begins after a time and before another, or else at that time. */
  Optional<Instant> periodBetween(String customer, Instant from, Instant before) {
    NavigableSet<Long> starts = periods.getOrDefault(customer, new TreeSet<>());
    return Stream.of(
            Optional.ofNullable(starts.higher(from.getEpochSecond())),
            Optional.ofNullable(starts.ceiling(from.getEpochSecond())))
        .flatMap(Optional::stream)
        .map(Instant::ofEpochSecond)
        .filter(start -> start.isBefore(before))
        .findFirst();
  }

  @Override
  public void write(DataOutput to) throws IOException {
    to.writeByte(LAYOUT);
    to.writeLong(nextNumber);
    to.writeInt(links.size());
    for (Map.Entry<String, String> link : new TreeMap<>(links).entrySet()) {
      to.writeUTF(link.getKey());
      to.writeUTF(link.getValue());
    }
    to.writeInt(billing.size());
    for (CustomerBilling seen : billing.values()) {
      Fields.write(seen, to);
    }
    to.writeInt(periods.size());
    for (Map.Entry<String, NavigableSet<Long>> of : new TreeMap<>(periods).entrySet()) {
      to.writeUTF(of.getKey());
      to.writeInt(of.getValue().size());
      for (long start : of.getValue()) {
        to.writeLong(start);
      }
    }
    writeEvents(to);
    to.writeInt(errors.size());
    for (MeterError error : errors) {
      Fields.write(error, to);
    }
    to.writeInt(aside.size());
    for (Map.Entry<String, Map<String, String>> of : new TreeMap<>(aside).entrySet()) {
      to.writeUTF(of.getKey());
      Fields.writeTexts(of.getValue(), to);
    }
  }

  private void writeEvents(DataOutput to) throws IOException {
    to.writeInt(pending.size());
    for (Map.Entry<Long, InboxEvent> event : pending.entrySet()) {
      to.writeLong(event.getKey());
      event.getValue().write(to);
    }
    to.writeInt(known.size());
    for (Map.Entry<String, Long> event : known.entrySet()) {
      to.writeUTF(event.getKey());
      to.writeLong(event.getValue());
    }
  }

  @Override
  public void read(DataInput from) throws IOException {
    int layout = from.readByte();
    if (layout != LAYOUT) {
      throw new IOException("layout " + layout + " of billing is of a later version");
    }
    nextNumber = from.readLong();
    for (int left = from.readInt(); left > 0; left--) {
      link(from.readUTF(), from.readUTF());
    }
    for (int left = from.readInt(); left > 0; left--) {
      put(Fields.readBilling(from));
    }
    for (int left = from.readInt(); left > 0; left--) {
      NavigableSet<Long> starts = new TreeSet<>();
      periods.put(from.readUTF(), starts);
      for (int size = from.readInt(); size > 0; size--) {
        starts.add(from.readLong());
      }
    }
    for (int left = from.readInt(); left > 0; left--) {
      pending.put(from.readLong(), InboxEvent.read(from));
    }
    for (int left = from.readInt(); left > 0; left--) {
      known.put(from.readUTF(), from.readLong());
    }
    for (int left = from.readInt(); left > 0; left--) {
      errors.addLast(Fields.readError(from));
    }
    for (int left = from.readInt(); left > 0; left--) {
      aside.put(from.readUTF(), Fields.readTexts(from));
    }
  }
}
