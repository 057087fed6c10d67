// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.price.Money;
import dev.monetize.usage.UsageEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GivenNoticesTest {

  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00.123456789Z");

  static Notice.KeyExpires key(String key, Instant ends, Instant at) {
    return new Notice.KeyExpires("acme", key, ends, 3, at);
  }

  private static List<Notice> all() {
    return List.of(
        new Notice.QuotaReached(
            "ümlaut", Optional.of("k"), "q", "m", NOW, NOW.plusSeconds(1), 5, 4, 80, NOW),
        new Notice.QuotaReached("", Optional.empty(), "q", "m", NOW, NOW, -5, 4, 80, NOW),
        new Notice.SpendReached("a", "q", NOW, NOW, Money.of("$5"), Money.of("$0.002"), 1, NOW),
        key("k", NOW, NOW));
  }

  private static GivenNotices copy(GivenNotices given) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    given.write(new DataOutputStream(bytes));
    GivenNotices copy = (GivenNotices) given.fresh();
    copy.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    return copy;
  }

  @Test
  void notesAndCheckpoint_keepEveryNotice() throws IOException {
    GivenNotices given = new GivenNotices();
    all().forEach(notice -> given.note(1, NoticeNote.given(notice, List.of("a", "b"))));
    given.note(2, NoticeNote.delivered(all().get(1).id(), "a"));
    given.note(3, NoticeNote.delivered(all().get(2).id(), "a"));
    given.note(4, NoticeNote.delivered(all().get(2).id(), "b"));

    GivenNotices copy = copy(copy(given));
    assertThat(copy.owedTo("a")).containsExactly(all().get(0), all().get(3));
    assertThat(copy.owedTo("b")).containsExactly(all().get(0), all().get(1), all().get(3));
    assertThat(copy.has(all().get(2).id())).isTrue();
    assertThat(copy.creditors()).containsExactly("a", "b");
  }

  @Test
  void listenerGivenUp_isOwedNothing_butWhatIsGivenThen() throws IOException {
    GivenNotices given = new GivenNotices();
    given.note(1, NoticeNote.given(all().get(0), List.of("a")));
    given.note(2, NoticeNote.given(all().get(1), List.of("a", "b")));
    given.note(3, NoticeNote.forgotten("a"));
    given.note(4, NoticeNote.forgotten("unknown"));
    given.note(5, NoticeNote.given(all().get(2), List.of("a")));

    GivenNotices copy = copy(given);
    assertThat(copy.owedTo("a")).containsExactly(all().get(2));
    assertThat(copy.owedTo("b")).containsExactly(all().get(1));
    assertThat(copy.has(all().get(0).id())).isTrue();
  }

  @Test
  void sameNoteTwice_changesNothing() {
    GivenNotices given = new GivenNotices();
    byte[] note = NoticeNote.given(all().get(0), List.of("a"));
    given.note(1, note);
    given.note(2, NoticeNote.delivered(all().get(0).id(), "a"));
    given.note(3, note);
    given.note(4, NoticeNote.delivered(all().get(0).id(), "a"));
    given.note(5, NoticeNote.delivered("ntc_unknown", "a"));
    assertThat(given.owedTo("a")).isEmpty();
  }

  /** Made by another program, as SHA-256 over the fields with their lengths. */
  @Test
  void ids_areFixed() {
    Instant end = Instant.parse("2026-11-20T12:00:00Z");
    Money money = Money.of("$5");
    assertThat(
            new Notice.SpendReached(
                "acme", "calls/month", Instant.EPOCH, end, money, money, 80, NOW))
        .returns("ntc_f0afc493535abe40ef5df66218363933", Notice::id);
    assertThat(key("key_1", end, NOW)).returns("ntc_4c32cb8a418f60b306571dbe9f662728", Notice::id);
  }

  @Test
  void notesOfOthers_areNotRead() {
    GivenNotices given = new GivenNotices();
    given.note(1, "notices-of-another".getBytes(StandardCharsets.UTF_8));
    given.note(2, new byte[0]);
    given.note(3, new byte[4096]);
    assertThat(given.creditors()).isEmpty();
  }

  @Test
  void idsAreForgotten_400DaysAfterTheirPeriod() throws IOException {
    GivenNotices given = new GivenNotices();
    Notice old = key("old", NOW.minus(Duration.ofDays(400)).minusSeconds(1), NOW);
    Notice kept = key("kept", NOW.minus(Duration.ofDays(400)), NOW);
    given.note(1, NoticeNote.given(old, List.of("a")));
    given.note(2, NoticeNote.given(kept, List.of("a")));
    GivenNotices copy = copy(given);
    assertThat(copy.has(old.id())).isFalse();
    assertThat(copy.has(kept.id())).isTrue();
  }

  private static UsageEvent call(Instant at) {
    long nanos = at.getEpochSecond() * 1_000_000_000L + at.getNano();
    return new UsageEvent(
        nanos, nanos, "acme", "k", "t", "GET /", 200, false, List.of(), List.of());
  }

  @Test
  void untold_isWhatCameBehindTheNoteBeforeTheLast() throws IOException {
    GivenNotices given = new GivenNotices();
    given.event(1, call(NOW.minusSeconds(9)));
    assertThat(given.untold()).as("nobody was to be told").isEmpty();
    given.note(2, NoticeNote.told(false));
    assertThat(given.untold()).isEmpty();
    given.event(3, call(NOW.plusSeconds(2)));
    given.event(4, call(NOW));
    assertThat(copy(given).untold()).contains(new Untold(NOW, NOW.plusSeconds(2)));
    given.note(5, NoticeNote.told(false));
    given = copy(given);
    given.event(6, call(NOW.plusSeconds(1)));
    assertThat(given.untold()).contains(new Untold(NOW, NOW.plusSeconds(2)));
    given.note(7, NoticeNote.told(false));
    assertThat(given.untold()).contains(new Untold(NOW.plusSeconds(1), NOW.plusSeconds(1)));
    given.event(8, call(NOW));
    given.note(9, NoticeNote.told(true));
    assertThat(copy(given).untold()).isEmpty();
  }

  @Test
  void untold_goesBackNoFartherThanIds() throws IOException {
    Notice old = key("old", NOW, NOW);
    GivenNotices given = new GivenNotices();
    given.note(1, NoticeNote.told(true));
    given.note(2, NoticeNote.given(old, List.of()));
    given.event(3, call(NOW));
    for (int days : new int[] {399, 400, 401}) {
      Instant later = NOW.plus(Duration.ofDays(days));
      given.note(4, NoticeNote.given(key("k" + days, later, later), List.of()));
      given = copy(given);
      given.event(5, call(later));
      Instant first = given.untold().orElseThrow().first();
      assertThat(given.has(old.id()) || first.isAfter(NOW)).as("after %d days", days).isTrue();
      assertThat(first.isAfter(NOW)).isEqualTo(days > 400);
    }
  }

  @Test
  void checkpointOfTheFormerLayout_isRead() throws IOException {
    byte[] former = new byte[1 + 8 + 4];
    former[0] = 1;
    GivenNotices given = new GivenNotices();
    given.read(new DataInputStream(new ByteArrayInputStream(former)));
    given.event(1, call(NOW));
    assertThat(given.untold()).isEmpty();
  }

  @Test
  void memory_isBoundedWithoutACheckpoint() {
    GivenNotices given = new GivenNotices();
    for (int day = 0; day < 20_000; day++) {
      Instant at = NOW.plus(Duration.ofDays(day));
      given.note(day, NoticeNote.given(key("k" + day, at, at), List.of()));
    }
    long kept = 0;
    for (int day = 0; day < 20_000; day++) {
      Instant at = NOW.plus(Duration.ofDays(day));
      kept += given.has(key("k" + day, at, at).id()) ? 1 : 0;
    }
    assertThat(kept).isBetween(401L, 3_000L);
  }

  @Test
  void largestNote_fitsTheJournal() {
    String longest = "\uffff".repeat(256);
    Notice notice =
        new Notice.QuotaReached(
            longest,
            Optional.of(longest),
            longest,
            "m".repeat(64),
            NOW,
            NOW,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            1000,
            NOW);
    List<String> names =
        java.util.stream.IntStream.range(0, 16).mapToObj(i -> i + "n".repeat(38)).toList();
    assertThat(NoticeNote.given(notice, names).length).isLessThanOrEqualTo(4096);
  }

  @Test
  void laterVersions_areRefused() {
    GivenNotices given = new GivenNotices();
    assertThatThrownBy(
            () -> given.read(new DataInputStream(new ByteArrayInputStream(new byte[] {3}))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("later version");
    byte[] note = NoticeNote.delivered("x", "y");
    note[8] = 9;
    assertThatThrownBy(() -> given.note(7, note)).hasMessageContaining("note 7");
  }
}
