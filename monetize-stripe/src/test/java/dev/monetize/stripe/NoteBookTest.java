// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import dev.monetize.usage.JournalFactory;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NoteBookTest {

  private final MutableClock clock = new MutableClock(Instant.EPOCH);
  private final MemoryJournal journal = new MemoryJournal();
  private final List<String> called = new ArrayList<>();

  /** A journal that says of itself that others write to it. */
  private JournalFactory shared() {
    return (time, states) -> {
      UsageJournal real = journal.open(time, states);
      return (UsageJournal)
          Proxy.newProxyInstance(
              UsageJournal.class.getClassLoader(),
              new Class<?>[] {UsageJournal.class},
              (proxy, method, arguments) -> {
                called.add(method.getName());
                return method.getName().equals("shared") ? true : method.invoke(real, arguments);
              });
    };
  }

  @Test
  void journal_thatOthersWriteToIsRefusedAndClosed() {
    assertThatThrownBy(() -> Outbox.open(shared(), clock))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the outbox needs a journal that no other process writes to, such as the one in files");
    assertThatThrownBy(() -> BillingBook.open(shared(), clock))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the journal of billing needs a journal that no other process");
    assertThat(called).containsExactly("shared", "close", "shared", "close");
  }

  @Test
  void note_thatIsNotWrittenIsNotApplied() throws IOException {
    List<String> applied = new ArrayList<>();
    try (NoteBook<OutboxState> notes =
        NoteBook.open(journal::open, clock, new OutboxState(), "the book")) {
      journal.full(true);

      assertThatThrownBy(() -> notes.write(new byte[] {1}, state -> applied.add("it")))
          .isInstanceOf(IOException.class)
          .hasMessage("the book takes nothing: its disk is full or fails");
      assertThat(applied).isEmpty();
    }
  }
}
