// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.Function;

/** A state that one thread reads while a journal tells it more on another. Thread-safe. */
final class GuardedState<S extends JournalState> implements JournalState {

  private final S state;

  GuardedState(S state) {
    this.state = state;
  }

  synchronized <T> T look(Function<S, T> at) {
    return at.apply(state);
  }

  synchronized void change(Change<S> by) throws IOException {
    by.apply(state);
  }

  /** What a state learns, or not. */
  @FunctionalInterface
  interface Change<S> {
    void apply(S to) throws IOException;
  }

  @Override
  public String name() {
    return state.name();
  }

  @Override
  public JournalState fresh() {
    return state.fresh();
  }

  @Override
  public synchronized void event(long sequence, UsageEvent event) {
    state.event(sequence, event);
  }

  @Override
  public synchronized void note(long sequence, byte[] note) {
    state.note(sequence, note);
  }

  @Override
  public synchronized void write(DataOutput to) throws IOException {
    state.write(to);
  }

  @Override
  public synchronized void read(DataInput from) throws IOException {
    state.read(from);
  }
}
