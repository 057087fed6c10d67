// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the quickstart prints, and what it keeps however it ends. */
class QuickstartProcessTest {

  private static final int KILLS = 3;
  private static final int MANY_KILLS = 200;
  private static final int THREADS = 4;
  private static final int PATIENCE_SECONDS = 60;

  /** Calls answered before a kill. */
  private static final int FEWEST = 20;

  private static final int MOST = 1_500;

  @TempDir Path data;

  @Test
  void start_printsTheKeysAndWhereItListens() throws Exception {
    Map<String, String> keys;
    try (ChildProcess child = new ChildProcess(data)) {
      keys = child.keys();
      assertThat(child.lines()).hasSize(4);
      assertThat(child.lines().get(0)).matches("key free mk_live_\\w{36}");
      assertThat(child.lines().get(1)).matches("key pro mk_live_\\w{36}");
      assertThat(child.lines().get(2)).matches("key enterprise mk_live_\\w{36}");
      assertThat(child.lines().get(3)).matches("ready http://localhost:\\d+");
      assertThat(child.terminate(5)).isTrue();
    }
    try (ChildProcess again = new ChildProcess(data)) {
      assertThat(again.keys()).isEqualTo(keys);
    }
  }

  @Test
  void sigterm_stopsWithin5Seconds_whileAStreamIsOpen() throws Exception {
    try (ChildProcess child = new ChildProcess(data)) {
      String pro = child.keys().get("pro");
      Api api = child.api();
      Thread stream =
          new Thread(
              () ->
                  ignoringFailure(() -> api.generate(pro, "?stream=true", "word ".repeat(2_000))));
      stream.start();
      while (api.getAs(pro, "/v1/reports/1").statusCode() != 200) {
        Thread.sleep(10);
      }
      assertThat(child.terminate(5)).isTrue();
      stream.join();
    }
  }

  private interface Request {
    HttpResponse<String> send() throws IOException, InterruptedException;
  }

  private static void ignoringFailure(Request request) {
    try {
      request.send();
    } catch (IOException | InterruptedException e) {
      // the process was ended under it, as it was meant to be
    }
  }

  @Test
  void kill_losesNoAnsweredCall_andCountsNoneTwice() throws Exception {
    kill(KILLS);
  }

  @Test
  @Tag("soak")
  void manyKills_loseNoAnsweredCall_andCountNoneTwice() throws Exception {
    kill(MANY_KILLS);
  }

  private void kill(int times) throws Exception {
    long seed = Long.getLong("monetize.seed", System.nanoTime());
    Random random = new Random(seed);
    Load load = new Load();
    for (int i = 0; i < times; i++) {
      try (ChildProcess child = new ChildProcess(data)) {
        load.check(child, "seed " + seed + ", kill " + i);
        load.run(child, FEWEST + random.nextInt(MOST - FEWEST));
      }
    }
    try (ChildProcess last = new ChildProcess(data)) {
      load.check(last, "seed " + seed + ", after the last kill");
    }
    System.out.printf(
        "%d kills under load: %d calls answered, lost 0, doubled 0; %d in flight at a kill, of"
            + " which %d were counted%n",
        times, load.allAnswered, load.allUnknown, load.allCounted - load.allAnswered);
    assertThat(load.allAnswered).isGreaterThan((long) times * FEWEST);
  }

  /** Callers that keep count of what they were answered, and of what they do not know about. */
  private static final class Load {

    private final Count calls = new Count("calls");
    private final Count tokens = new Count("tokens");
    private final Semaphore answers = new Semaphore(0);
    long allAnswered;
    long allUnknown;
    long allCounted;

    /** Has a process called by several, and kills it at some call. */
    void run(ChildProcess child, int enough) throws InterruptedException {
      Api api = child.api();
      String key = child.keys().get("enterprise");
      answers.drainPermits();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        boolean generates = i % 2 == 0;
        Thread thread = new Thread(() -> callUntilKilled(api, key, generates));
        thread.start();
        threads.add(thread);
      }
      assertThat(answers.tryAcquire(enough, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      child.kill();
      for (Thread thread : threads) {
        thread.join();
      }
    }

    private void callUntilKilled(Api api, String key, boolean generates) {
      int units = generates ? 6 : 0;
      try {
        while (true) {
          HttpResponse<String> response =
              generates ? api.generate(key, "", "a b c") : api.getAs(key, "/v1/basic/hello");
          assertThat(response.statusCode()).isEqualTo(200);
          calls.answered.incrementAndGet();
          tokens.answered.addAndGet(units);
          answers.release();
        }
      } catch (IOException | InterruptedException e) {
        calls.unknown.incrementAndGet();
        tokens.unknown.addAndGet(units);
      }
    }

    void check(ChildProcess child, String when) throws IOException, InterruptedException {
      String key = child.keys().get("enterprise");
      allAnswered += calls.answered.get();
      allUnknown += calls.unknown.get();
      allCounted = calls.check(child.api(), key, when);
      tokens.check(child.api(), key, when);
    }
  }

  /** A meter, as its callers know it and as the app says. */
  private static final class Count {

    /** Answered since the last look, and in flight at a kill. */
    final AtomicLong answered = new AtomicLong();

    final AtomicLong unknown = new AtomicLong();
    private final String meter;
    private long before;

    Count(String meter) {
      this.meter = meter;
    }

    /**
     * What was answered is counted once; what was in flight may be or not, from now on for good.
     */
    long check(Api api, String key, String when) throws IOException, InterruptedException {
      long least = before + answered.getAndSet(0);
      long most = least + unknown.getAndSet(0);
      before = api.used(key, meter);
      assertThat(before).as("%s, %s", meter, when).isBetween(least, most);
      return before;
    }
  }
}
