// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.stripe.BillingEntry.Failed;
import dev.monetize.stripe.BillingEntry.Handled;
import dev.monetize.stripe.BillingEntry.Linked;
import dev.monetize.stripe.BillingEntry.Looked;
import dev.monetize.stripe.BillingEntry.NothingAside;
import dev.monetize.stripe.BillingEntry.PutAside;
import dev.monetize.stripe.BillingEntry.Received;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BillingStateTest {

  private static final Instant NOW = Instant.parse("2026-03-10T12:34:56Z");
  private static final Instant END = Instant.parse("2026-04-10T12:34:56Z");
  private static final CustomerBilling SEEN =
      new CustomerBilling(
          "acme",
          "cus_1",
          Optional.of("sub_1"),
          "past_due",
          Optional.of("pro"),
          Optional.of("pro"),
          Optional.of(NOW),
          Optional.of(END),
          Optional.of(END),
          Optional.of(NOW.plusSeconds(100)),
          NOW);
  private static final UsageWindow WINDOW = new UsageWindow("acme", "calls", NOW);
  private static final MeterError ERROR =
      new MeterError(
          Optional.of("mtr_1"),
          "no_meter",
          2,
          "none",
          List.of("a", "b"),
          List.of(new ReportedUsage(WINDOW, 7, "a")),
          NOW);

  private static final List<BillingEntry> ALL =
      List.of(
          new Linked("acme", "cus_1"),
          new Linked("beta", "cus_2"),
          new Linked("beta", "cus_3"),
          new Received(event("evt_1", "cus_1", 0)),
          new Received(event("evt_2", "cus_2", 1)),
          new Received(event("evt_1", "cus_1", 2)),
          new Received(event("evt_3", "cus_1", 3)),
          new Handled("cus_1", 2),
          new PutAside("beta", "price", "1/month"),
          new NothingAside("beta"),
          new PutAside("acme", "rate_limit", "9/min"),
          new PutAside("acme", "price", "1/month"),
          new Looked(SEEN),
          new Failed(ERROR));

  private static InboxEvent event(String id, String subject, long after) {
    return new InboxEvent(id, "invoice.paid", subject, NOW.getEpochSecond() + after);
  }

  private static BillingState of(List<BillingEntry> entries) {
    BillingState state = new BillingState();
    for (int i = 0; i < entries.size(); i++) {
      state.note(i + 1, entries.get(i).toBytes());
    }
    return state;
  }

  private static void check(BillingState state) {
    assertThat(state.stripeCustomer("acme")).contains("cus_1");
    assertThat(state.stripeCustomer("beta")).contains("cus_3");
    assertThat(state.customer("cus_2")).as("no longer").isEmpty();
    assertThat(state.customer("cus_3")).contains("beta");
    assertThat(state.pending().values())
        .extracting(InboxEvent::id)
        .as("what came after 2 is not dealt with")
        .containsExactly("evt_2", "evt_3");
    assertThat(state.last()).isEqualTo(3);
    assertThat(state.isKnown("evt_1")).isTrue();
    assertThat(state.isKnown("evt_4")).isFalse();
    assertThat(state.billing("acme")).contains(SEEN);
    assertThat(state.aside("acme")).isEqualTo(Map.of("rate_limit", "9/min", "price", "1/month"));
    assertThat(state.aside("beta")).isEmpty();
    assertThat(state.errors()).containsExactly(ERROR);
    assertThat(state.toBeAsked(NOW.plusSeconds(99))).isEmpty();
    assertThat(state.toBeAsked(NOW.plusSeconds(100))).containsExactly(SEEN);
    assertThat(state.ending(NOW, END)).containsExactly(new Due(END, "acme"));
    assertThat(state.ending(END, END.plusSeconds(1))).isEmpty();
    assertThat(state.periodBetween("acme", NOW.minusSeconds(1), END)).contains(NOW);
    assertThat(state.periodBetween("acme", NOW, END)).as("no other").contains(NOW);
    assertThat(state.periodBetween("acme", NOW, END.plusSeconds(1))).contains(END);
    assertThat(state.periodBetween("acme", NOW.plusSeconds(1), END)).isEmpty();
  }

  @Test
  void state_followsFromItsEntries() {
    check(of(ALL));
  }

  @Test
  void state_fromACheckpoint_andEntriesAfterIt_isTheSame() throws IOException {
    for (int cut = 0; cut <= ALL.size(); cut++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      of(ALL.subList(0, cut)).write(new DataOutputStream(bytes));
      BillingState read = new BillingState();
      DataInputStream from = new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
      read.read(from);
      assertThat(from.available()).isZero();
      ALL.subList(cut, ALL.size()).forEach(entry -> read.note(1, entry.toBytes()));
      check(read);
    }
  }

  @Test
  void event_isForgotten_whenItIsRepeatedNoMore() {
    BillingState state = of(ALL);
    long days = Duration.ofDays(9).toSeconds();
    state.apply(new Received(event("evt_9", "cus_9", days)));
    assertThat(state.isKnown("evt_1")).isFalse();
    assertThat(state.isKnown("evt_9")).isTrue();
  }

  @Test
  void look_replacesTheOneBefore() {
    BillingState state = of(ALL);
    state.apply(new Looked(CustomerBilling.none("acme", "cus_1", NOW)));
    assertThat(state.toBeAsked(END.plusSeconds(9999))).isEmpty();
    assertThat(state.ending(NOW, END)).isEmpty();
  }

  @Test
  void noteOfAnother_isPassedBy_andALaterOneRefused() {
    BillingState state = new BillingState();
    state.note(1, new byte[] {'S', 1, 2, 3});
    state.note(2, new byte[0]);
    assertThat(state.last()).isZero();
    assertThatThrownBy(() -> state.note(3, new byte[] {'B', 99}))
        .hasMessage("billing entry 99 is of a later version");
    assertThatThrownBy(() -> state.note(3, new byte[] {'B', 1, 0}))
        .hasMessage("a billing entry ends within a field");
  }
}
