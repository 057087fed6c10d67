// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each instance tells the whole usage, whichever was called and whichever is left. */
class SharedUsageProcessTest {

  private static final int THREADS = 4;
  private static final int ENOUGH = 400;
  private static final int PATIENCE_SECONDS = 60;

  @TempDir private Path data;
  private RedisProcess redis;
  private InstanceProcess one;
  private InstanceProcess other;

  @BeforeEach
  void start() throws IOException {
    redis = new RedisProcess();
    one = instance("one");
    other = instance("other");
    one.awaitReady();
    other.awaitReady();
  }

  @AfterEach
  void stop() throws IOException {
    one.close();
    other.close();
    redis.close();
  }

  private InstanceProcess instance(String name) throws IOException {
    return InstanceProcess.start(InstanceProcess.environment(redis.url(), data.resolve(name)));
  }

  @Test
  void usage_isWholeOnEither_afterEachCall() throws Exception {
    String pro = one.key("pro");
    for (int calls = 1; calls <= 20; calls++) {
      Api called = (calls % 2 == 0 ? one : other).api();
      assertThat(called.generate(pro, "", "a b").statusCode()).isEqualTo(200);

      for (InstanceProcess asked : List.of(one, other)) {
        assertThat(asked.api().used(pro, "calls")).isEqualTo(calls);
        assertThat(asked.api().used(pro, "tokens")).isEqualTo(4L * calls);
      }
    }
  }

  @Test
  void killOfOne_losesNoAnsweredCall_andCountsNoneTwice() throws Exception {
    String key = one.key("enterprise");
    AtomicLong answered = new AtomicLong();
    AtomicLong unknown = new AtomicLong();
    Semaphore answers = new Semaphore(0);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Api api = (i % 2 == 0 ? one : other).api();
      Thread thread = new Thread(() -> call(api, key, answered, unknown, answers));
      threads.add(thread);
      thread.start();
    }
    assertThat(answers.tryAcquire(ENOUGH, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

    one.close();

    answers.drainPermits();
    assertThat(answers.tryAcquire(ENOUGH, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join();
    }
    long used = other.api().used(key, "calls");
    assertThat(used).isBetween(answered.get(), answered.get() + unknown.get());
    try (InstanceProcess withoutDisk = instance("new").awaitReady()) {
      assertThat(withoutDisk.api().used(key, "calls")).isEqualTo(used);
    }
  }

  private static void call(
      Api api, String key, AtomicLong answered, AtomicLong unknown, Semaphore answers) {
    try {
      while (true) {
        assertThat(api.hello(key)).isEqualTo(200);
        answered.incrementAndGet();
        answers.release();
      }
    } catch (IOException | InterruptedException e) {
      unknown.incrementAndGet(); // the process was ended under it, or the test has enough
    }
  }
}
