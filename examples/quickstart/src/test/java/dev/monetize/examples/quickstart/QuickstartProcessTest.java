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
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the quickstart prints, and what it keeps however it ends. */
class QuickstartProcessTest {

  private static final int KILLS = 3;
  private static final int THREADS = 4;
  private static final long ROUND_MILLIS = 1_500;

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
    Load load = new Load();
    for (int i = 0; i < KILLS; i++) {
      try (ChildProcess child = new ChildProcess(data)) {
        load.check(child);
        load.run(child);
      }
    }
    try (ChildProcess last = new ChildProcess(data)) {
      load.check(last);
    }
    assertThat(load.answered.get()).isGreaterThan(KILLS * 100L);
  }

  /** Callers that keep count of what they were answered, and of what they do not know about. */
  private static final class Load {

    /** Calls answered 2xx; tokens answered. */
    final AtomicLong answered = new AtomicLong();

    final AtomicLong answeredTokens = new AtomicLong();

    /** Calls that were in flight at a kill; their tokens. */
    final AtomicLong unknown = new AtomicLong();

    final AtomicLong unknownTokens = new AtomicLong();

    void run(ChildProcess child) throws InterruptedException {
      Api api = child.api();
      String key = child.keys().get("enterprise");
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        boolean generates = i % 2 == 0;
        Thread thread = new Thread(() -> callUntilKilled(api, key, generates));
        thread.start();
        threads.add(thread);
      }
      Thread.sleep(ROUND_MILLIS);
      child.kill();
      for (Thread thread : threads) {
        thread.join();
      }
    }

    private void callUntilKilled(Api api, String key, boolean generates) {
      int tokens = generates ? 6 : 0;
      try {
        while (true) {
          HttpResponse<String> response =
              generates ? api.generate(key, "", "a b c") : api.getAs(key, "/v1/basic/hello");
          assertThat(response.statusCode()).isEqualTo(200);
          answered.incrementAndGet();
          answeredTokens.addAndGet(tokens);
        }
      } catch (IOException | InterruptedException e) {
        unknown.incrementAndGet();
        unknownTokens.addAndGet(tokens);
      }
    }

    void check(ChildProcess child) throws IOException, InterruptedException {
      String key = child.keys().get("enterprise");
      assertThat(child.api().used(key, "calls"))
          .as("calls; %s answered, %s in flight at the kills", answered, unknown)
          .isBetween(answered.get(), answered.get() + unknown.get());
      assertThat(child.api().used(key, "tokens"))
          .as("tokens; %s answered, %s in flight at the kills", answeredTokens, unknownTokens)
          .isBetween(answeredTokens.get(), answeredTokens.get() + unknownTokens.get());
    }
  }
}
