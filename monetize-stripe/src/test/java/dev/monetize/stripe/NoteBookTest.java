// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.testkit.MemoryJournal;
import dev.monetize.testkit.MutableClock;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class NoteBookTest {

  private final MutableClock clock = new MutableClock(Instant.EPOCH);
  private final MemoryJournal journal = new MemoryJournal();
  private final SharedJournals shared = new SharedJournals(new SplittableRandom(1));

  @Test
  void instancesThatShareABook_knowWhatEachWrote() throws IOException, InterruptedException {
    InboxEvent event = new InboxEvent("evt_1", "customer.updated", "cus_1", 1);
    try (BillingBook one = BillingBook.open(shared::open, clock);
        BillingBook other = BillingBook.open(shared::open, clock)) {
      assertThat(one.receive(event)).isTrue();
      other.receive(event);
      one.write(new BillingEntry.Linked("acme", "cus_1"));
      other.write(new BillingEntry.NothingAside("acme"));

      Optional<String> customer = other.look(state -> state.stripeCustomer("acme"));
      assertThat(customer).hasValue("cus_1");
      assertThat((long) one.look(BillingState::last)).as("one event").isEqualTo(1);
      assertThat((long) other.look(BillingState::last)).isEqualTo(1);
    }
  }

  @Test
  void turn_isOnes_untilItIsOver() throws IOException {
    try (BillingBook one = BillingBook.open(shared::open, clock);
        BillingBook other = BillingBook.open(shared::open, clock)) {
      assertThat(one.turn().begin()).isTrue();
      assertThat(one.turn().begin()).as("two at a time").isTrue();
      assertThat(other.turn().begin()).isFalse();
      one.turn().end();
      shared.expire();

      assertThat(other.turn().begin()).isTrue();
      while (one.turn().begin()) { // it has not noticed yet
        one.turn().end();
      }
      other.turn().end();
      shared.expire();
      assertThat(one.turn().begin()).as("something of the last one is under way").isFalse();
      one.turn().end();
      assertThat(one.turn().begin()).isTrue();
    }
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
