// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.OutboxEntry.Fate;
import dev.monetize.stripe.OutboxEntry.Folded;
import dev.monetize.stripe.OutboxEntry.Moved;
import dev.monetize.stripe.OutboxEntry.Sealed;
import dev.monetize.stripe.OutboxEntry.Use;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What an outbox holds: what its entries come to, one after the other. Not thread-safe. */
final class OutboxState implements JournalState {

  /** What each entry begins with. */
  static final int MARK = 'S';

  private static final int LAYOUT = 2;

  /** How many that arrived are remembered, for the case that Stripe finds fault with them later. */
  private static final int MOST_LATELY = 10_000;

  /** How long it is remembered what arrived of an hour, when nothing of it waits. */
  private static final long REMEMBERED_SECONDS = Duration.ofDays(5).toSeconds();

  /** How long it is remembered what of an hour was dropped, for whoever compares sums. */
  private static final long DROPPED_REMEMBERED_SECONDS = Duration.ofDays(100).toSeconds();

  private final NavigableMap<UsageWindow, OutboxWindow> windows = new TreeMap<>();
  private final Map<Long, OutboxItem> waiting = new LinkedHashMap<>();

  /** Those of the waiting ones that Stripe may have. */
  private final Map<Long, OutboxItem> tried = new LinkedHashMap<>();

  private final Map<Long, ParkedItem> parked = new LinkedHashMap<>();
  private final Map<Long, OutboxItem> lately = new LinkedHashMap<>();
  private final OutboxBatches batches = new OutboxBatches();
  private long nextNumber = 1;
  private long lastSealed;
  private long arrived;
  private long dropped;

  @Override
  public String name() {
    return "stripe";
  }

  @Override
  public OutboxState fresh() {
    return new OutboxState();
  }

  @Override
  public void event(long sequence, UsageEvent event) {}

  @Override
  public void note(long sequence, byte[] note) {
    if (note.length > 0 && note[0] == MARK) {
      apply(OutboxEntry.of(note));
    }
  }

  void apply(OutboxEntry entry) {
    if (entry instanceof Folded folded) {
      batches.take(folded).forEach(this::use);
    } else if (entry instanceof Sealed sealed) {
      seal(sealed);
    } else if (entry instanceof Moved moved) {
      move(moved.number(), moved);
    }
  }

  private void use(Use use) {
    dropped = Math.addExact(dropped, use.unsold());
    windows.compute(
        use.window(),
        (same, window) ->
            (window == null ? OutboxWindow.NEW : window)
                .used(use.units(), use.second())
                .unsold(use.unsold()));
  }

  private void seal(Sealed sealed) {
    for (Map.Entry<UsageWindow, OutboxWindow> entry : windows.entrySet()) {
      if (entry.getKey().start().getEpochSecond() >= sealed.before()) {
        break; // they are in order of time
      }
      OutboxWindow window = entry.getValue();
      if (window.open() > 0 && isOf(entry.getKey(), sealed.customer())) {
        long number = nextNumber++;
        waiting.put(
            number, new OutboxItem(number, 0, entry.getKey(), window.open(), window.second(), 0));
        entry.setValue(window.cut());
      }
    }
    if (sealed.customer().isEmpty()) {
      lastSealed = Math.max(lastSealed, sealed.at());
      forget(sealed.at());
    }
  }

  private static boolean isOf(UsageWindow window, String customer) {
    return customer.isEmpty() || customer.equals(window.customer());
  }

  private void forget(long now) {
    UsageWindow end = startingAt(now - REMEMBERED_SECONDS);
    UsageWindow droppedEnd = startingAt(now - DROPPED_REMEMBERED_SECONDS);
    Set<UsageWindow> needed = new HashSet<>();
    waiting.values().forEach(item -> needed.add(item.window()));
    parked.values().forEach(item -> needed.add(item.item().window()));
    lately.values().forEach(item -> needed.add(item.window()));
    windows
        .headMap(end, false)
        .entrySet()
        .removeIf(
            entry ->
                entry.getValue().open() == 0
                    && (entry.getValue().unbilled() == 0
                        || entry.getKey().compareTo(droppedEnd) < 0)
                    && !needed.contains(entry.getKey()));
  }

  private static UsageWindow startingAt(long second) {
    return new UsageWindow("", "", Instant.ofEpochSecond(second));
  }

  private void move(long number, Moved moved) {
    Fate fate = moved.fate();
    ParkedItem aside = parked.get(number);
    OutboxItem item = aside == null ? waiting.get(number) : aside.item();
    if (item == null) {
      if (fate == Fate.RELEASED) {
        takeBack(number, moved.reason());
      }
      return; // it is done with
    }
    switch (fate) {
      case TRIED -> keep(item.tried(moved.second()));
      case UNTRIED -> keep(item.untried());
      case REISSUED -> keep(item.reissued());
      case ARRIVED -> {
        remove(number);
        arrived += item.units();
        remember(item);
        windows.compute(
            item.window(),
            (same, window) ->
                (window == null ? OutboxWindow.NEW : window).arrived(item.units(), moved.second()));
      }
      case DROPPED -> {
        remove(number);
        dropped += item.units();
        change(item, window -> window.dropped(item.units()));
      }
      case PARKED -> {
        remove(number);
        parked.put(number, new ParkedItem(item, moved.second(), moved.reason()));
      }
      case RELEASED -> {
        if (moved.reason().isEmpty() || isIssue(item, moved.reason())) {
          remove(number);
          keep(item.reissued());
        }
      }
    }
  }

  /** What arrived lately is to be sent again. */
  private void takeBack(long number, String issue) {
    OutboxItem item = lately.get(number);
    if (item != null && isIssue(item, issue)) {
      lately.remove(number);
      arrived -= item.units();
      change(item, window -> window.arrived(-item.units(), 0));
      keep(item.reissued());
    }
  }

  private static boolean isIssue(OutboxItem item, String issue) {
    return issue.equals(Integer.toString(item.issue()));
  }

  private void change(OutboxItem item, UnaryOperator<OutboxWindow> by) {
    windows.compute(
        item.window(), (same, window) -> by.apply(window == null ? OutboxWindow.NEW : window));
  }

  private void remember(OutboxItem item) {
    lately.put(item.number(), item);
    if (lately.size() > MOST_LATELY) {
      lately.remove(lately.keySet().iterator().next());
    }
  }

  private void keep(OutboxItem item) {
    waiting.put(item.number(), item);
    if (item.firstTry() == 0) {
      tried.remove(item.number());
    } else {
      tried.put(item.number(), item);
    }
  }

  private void remove(long number) {
    waiting.remove(number);
    tried.remove(number);
    parked.remove(number);
  }

  /** Sequence up to which a journal was taken in, 0 if nothing of it was. */
  long position(UUID journal) {
    return batches.position(journal);
  }

  /** Items that are to reach Stripe, the oldest first. */
  Map<Long, OutboxItem> waiting() {
    return waiting;
  }

  /** Those of them that Stripe may have. */
  Collection<OutboxItem> tried() {
    return tried.values();
  }

  /** An item that waits, is parked, or arrived lately. */
  Optional<OutboxItem> item(long number) {
    ParkedItem aside = parked.get(number);
    OutboxItem there = aside == null ? waiting.get(number) : aside.item();
    return Optional.ofNullable(there == null ? lately.get(number) : there);
  }

  Map<Long, ParkedItem> parked() {
    return parked;
  }

  NavigableMap<UsageWindow, OutboxWindow> windows() {
    return windows;
  }

  /** When all use was last cut into items, in seconds since the epoch; 0: never. */
  long lastSealed() {
    return lastSealed;
  }

  /** Units that arrived, ever. */
  long arrived() {
    return arrived;
  }

  /** Units that were not to be reported, ever. */
  long dropped() {
    return dropped;
  }

  @Override
  public void write(DataOutput to) throws IOException {
    to.writeByte(LAYOUT);
    to.writeLong(nextNumber);
    to.writeLong(lastSealed);
    to.writeLong(arrived);
    to.writeLong(dropped);
    batches.writePositions(to);
    to.writeInt(windows.size());
    for (Map.Entry<UsageWindow, OutboxWindow> window : windows.entrySet()) {
      OutboxItem.write(window.getKey(), to);
      window.getValue().write(to);
    }
    to.writeInt(waiting.size());
    for (OutboxItem item : waiting.values()) {
      item.write(to);
    }
    to.writeInt(parked.size());
    for (ParkedItem item : parked.values()) {
      item.write(to);
    }
    batches.writeParts(to);
    to.writeInt(lately.size());
    for (OutboxItem item : lately.values()) {
      item.write(to);
    }
  }

  @Override
  public void read(DataInput from) throws IOException {
    int layout = from.readByte();
    if (layout < 1 || layout > LAYOUT) {
      throw new IOException("layout " + layout + " of the outbox is of a later version");
    }
    nextNumber = from.readLong();
    lastSealed = from.readLong();
    arrived = from.readLong();
    dropped = from.readLong();
    batches.readPositions(from);
    for (int left = from.readInt(); left > 0; left--) {
      windows.put(OutboxItem.readWindow(from), OutboxWindow.read(from, layout));
    }
    for (int left = from.readInt(); left > 0; left--) {
      keep(OutboxItem.read(from));
    }
    for (int left = from.readInt(); left > 0; left--) {
      ParkedItem item = ParkedItem.read(from);
      parked.put(item.item().number(), item);
    }
    batches.readParts(from);
    for (int left = from.readInt(); left > 0; left--) {
      remember(OutboxItem.read(from));
    }
  }
}
