// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.ModelStripe.Killed;
import dev.monetize.usage.Claims;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageJournal;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A journal of notes that instances share: each knows what was written when it asks, or a while
 * later; a claim that has run out is another's before its former holder knows, and an answer may be
 * late. In its calls the process ends now and then. Not thread-safe.
 */
final class SharedJournals {

  private final UUID id = UUID.randomUUID();
  private final SplittableRandom random;
  private final List<byte[]> notes = new ArrayList<>();
  private final Map<String, Long> held = new HashMap<>();
  private long turns;
  private double killing;
  private int kills;
  private int refused;

  SharedJournals(SplittableRandom random) {
    this.random = random;
  }

  void killing(double share) {
    killing = share;
  }

  int kills() {
    return kills;
  }

  /** How many notes came after their writer's turn. */
  int refused() {
    return refused;
  }

  /** Whoever holds anything has shown no sign of life for too long. */
  void expire() {
    held.clear();
  }

  UsageJournal open(InstantSource clock, List<JournalState> states) {
    View view = new View(states);
    view.learn();
    return (UsageJournal)
        Proxy.newProxyInstance(
            UsageJournal.class.getClassLoader(),
            new Class<?>[] {UsageJournal.class},
            (proxy, method, arguments) -> view.call(method.getName(), arguments));
  }

  /** What one instance knows. */
  private final class View implements Claims {

    private final List<JournalState> states;
    private final Map<String, Long> mine = new HashMap<>();
    private int known;
    private boolean closed;

    View(List<JournalState> states) {
      this.states = states;
    }

    void learn() {
      for (; known < notes.size(); known++) {
        for (JournalState state : states) {
          state.note(known + 1, notes.get(known));
        }
      }
    }

    @Nullable Object call(String method, Object[] arguments) {
      return switch (method) {
        case "id" -> id;
        case "shared", "accepting" -> true;
        case "claims" -> this;
        case "note" -> write((byte[]) arguments[0]);
        case "noteInTurn" -> noteInTurn((byte[]) arguments[0], arguments);
        case "sync" -> {
          killIf();
          learn();
          killIf();
          yield null;
        }
        case "close" -> {
          closed = true;
          yield null;
        }
        default -> throw new UnsupportedOperationException(method);
      };
    }

    /** An answer may be late: then nobody knows for now whether it was refused. */
    private long noteInTurn(byte[] note, Object[] arguments) {
      boolean late = random.nextInt(20) == 0;
      if (late && random.nextInt(4) == 0) {
        expire();
      }
      long written = isTurn((String) arguments[1], (Long) arguments[2]) ? write(note) : 0L;
      return late ? -1 : written;
    }

    private boolean isTurn(String name, Long turn) {
      boolean is = turn.equals(held.get(name));
      refused += is ? 0 : 1;
      return is;
    }

    private long write(byte[] note) {
      killIf();
      notes.add(note);
      killIf();
      if (random.nextBoolean()) {
        learn();
      }
      return closed ? 0 : notes.size();
    }

    private void killIf() {
      if (random.nextDouble() < killing) {
        kills++;
        throw new Killed();
      }
    }

    @Override
    public long claim(String name) {
      if (held.containsKey(name)) {
        return 0;
      }
      learn();
      held.put(name, ++turns);
      mine.put(name, turns);
      return turns;
    }

    @Override
    public boolean holds(String name, long turn) {
      Long number = mine.get(name);
      if (number != null && !number.equals(held.get(name)) && random.nextBoolean()) {
        mine.remove(name); // it has noticed
      }
      return Long.valueOf(turn).equals(mine.get(name));
    }

    @Override
    public void onChange(Runnable listener) {}
  }
}
