// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.usage.QuotaWindow;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Histories of settled use over threads, crashes, upgrades and downgrades, against an oracle that
 * knows nothing but the definition: what percent of what was included was ever used.
 */
class NoticesModelTest {

  private static final int THREADS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long DAY = 86_400;
  private static final NoticeRules RULES =
      new NoticeRules(List.of(1, 50, 80, 100, 120, 1000), List.of(1));

  /** A window of a customer's, or of a key's. */
  private record Place(String customer, String key, QuotaWindow window) {
    long end() {
      return window.start() + DAY;
    }
  }

  /** A failure without a stack trace, as there are many. */
  private static final class NotNow extends Exception {
    NotNow() {
      super("not now", null, false, false);
    }
  }

  private final TestClock clock = new TestClock();
  private final NoteFile file = new NoteFile();
  private final Map<Place, AtomicLong> ledger = new ConcurrentHashMap<>();
  private final Map<Place, Long> included = new HashMap<>();
  private final Set<String> expected = new TreeSet<>();
  private final Set<String> arrived = ConcurrentHashMap.newKeySet();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void notices_areGivenOnceAndArrive(long seed) throws InterruptedException {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<Place> places = places();
    places.forEach(place -> included.put(place, 1L + random.nextInt(500)));
    for (int life = 0; life < 12; life++) {
      live(random, places);
      clock.advance(Duration.ofHours(7));
    }
    file.revive();
    Notices last = restart(Map.of("mail", notice -> arrived.add(notice.id()), "none", n -> {}));
    tellAll(last, places);
    last.close(PATIENCE);

    assertThat(arrived).isEqualTo(expected);
    assertThat(givenIds()).doesNotHaveDuplicates();
    assertThat(new TreeSet<>(givenIds())).isEqualTo(expected);
    assertThat(file.read().owedTo("mail")).isEmpty();
  }

  /** From a start to a stop or a crash, with a change of tier now and then. */
  private void live(Random random, List<Place> places) throws InterruptedException {
    file.revive();
    Random moods = new Random(random.nextLong());
    Notices notices =
        restart(
            Map.of(
                "mail",
                notice -> {
                  if (moods.nextInt(3) == 0) {
                    throw new NotNow();
                  }
                  arrived.add(notice.id());
                },
                "none",
                notice -> {}));
    tellAll(notices, places);
    boolean crash = random.nextBoolean();
    int phases = 1 + random.nextInt(4);
    for (int phase = 0; phase < phases; phase++) {
      if (crash && phase == phases - 1) {
        awaitWritten();
        file.dieAfter(random.nextInt(6), random.nextBoolean());
      } else if (random.nextInt(3) == 0) {
        included.replaceAll((place, units) -> 1L + random.nextInt(500));
      }
      settle(notices, random, places);
    }
    notices.close(PATIENCE);
  }

  /** What the engine does at start, with the ledger. */
  private void tellAll(Notices notices, List<Place> places) {
    for (Place place : places) {
      notices.used(
          place.customer, place.key, place.window, place.end(), included.get(place), used(place));
    }
  }

  /** A crash may take what no current allowance shows any more; so it comes when all is written. */
  private void awaitWritten() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!new TreeSet<>(givenIds()).containsAll(expected) && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private Notices restart(Map<String, NoticeListener> listeners) {
    return Notices.start(RULES, listeners, file.read(), file, clock);
  }

  private void settle(Notices notices, Random random, List<Place> places)
      throws InterruptedException {
    Set<Place> touched = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      long seed = random.nextLong();
      threads.add(new Thread(() -> settleSome(notices, new Random(seed), places, touched)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    touched.forEach(this::expect);
  }

  private void settleSome(Notices notices, Random random, List<Place> places, Set<Place> touched) {
    for (int i = 0; i < 20; i++) {
      Place place = places.get(random.nextInt(places.size()));
      touched.add(place);
      long used = ledger.computeIfAbsent(place, p -> new AtomicLong()).addAndGet(random.nextInt(9));
      notices.used(place.customer, place.key, place.window, place.end(), included.get(place), used);
    }
  }

  private long used(Place place) {
    AtomicLong used = ledger.get(place);
    return used == null ? 0 : used.get();
  }

  private void expect(Place place) {
    BigInteger hundredfold = BigInteger.valueOf(used(place)).multiply(BigInteger.valueOf(100));
    for (int percent : RULES.percents()) {
      BigInteger needed =
          BigInteger.valueOf(included.get(place)).multiply(BigInteger.valueOf(percent));
      if (hundredfold.compareTo(needed) >= 0) {
        expected.add(id(place, percent));
      }
    }
  }

  private static String id(Place place, int percent) {
    return new Notice.QuotaReached(
            place.customer,
            place.window.perKey() ? Optional.of(place.key) : Optional.empty(),
            place.window.quota(),
            place.window.meter(),
            Instant.ofEpochSecond(place.window.start()),
            Instant.ofEpochSecond(place.end()),
            1,
            1,
            percent,
            Instant.EPOCH)
        .id();
  }

  private static List<Place> places() {
    List<Place> places = new ArrayList<>();
    for (String customer : List.of("acme", "b", "ümlaut")) {
      for (long start : List.of(0L, DAY)) {
        places.add(new Place(customer, "k1", new QuotaWindow("calls/day", "calls", false, start)));
        places.add(new Place(customer, "k1", new QuotaWindow("t/day", "t", false, start)));
        places.add(new Place(customer, "k1", new QuotaWindow("calls/day", "calls", true, start)));
        places.add(new Place(customer, "k2", new QuotaWindow("calls/day", "calls", true, start)));
      }
    }
    return places;
  }

  /** The ids of all GIVEN notes, found by reading one note at a time. */
  private List<String> givenIds() {
    List<String> ids = new ArrayList<>();
    for (byte[] note : file.notes()) {
      GivenNotices one = new GivenNotices();
      one.note(1, note);
      one.owedTo("mail").forEach(notice -> ids.add(notice.id()));
    }
    return ids;
  }
}
