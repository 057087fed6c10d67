// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Standing;
import dev.monetize.limit.Subject;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Who asks for whom, and what each of them is told. */
@Timeout(60)
class TogetherTest {

  private static final LimitSet LIMITS =
      LimitSet.of(List.of(RateLimit.of("rate", 10, Duration.ofMinutes(1))));
  private static final Charge CHARGE = Charge.of(LIMITS, limit -> 1);
  private static final Who WHO = new Who(new Subject("acme", "key"), CHARGE);
  private static final Decision REFUSED =
      new Decision.Refused(0, 7, Standing.of(LIMITS, new long[] {0, 7}), 0);

  private final Together together = new Together();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** How many are asked for; and what is answered, or thrown. */
  private final SynchronousQueue<Integer> asked = new SynchronousQueue<>();

  private final SynchronousQueue<Callable<List<Decision>>> answers = new SynchronousQueue<>();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private static Decision allowed(long remaining) {
    return new Decision.Allowed(WHO.subject(), CHARGE, new long[] {remaining, 0}, 0);
  }

  private static List<Decision> allowed(long first, int count) {
    List<Decision> decisions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      decisions.add(allowed(first - i));
    }
    return decisions;
  }

  private List<Decision> ask(int calls) {
    try {
      asked.put(calls);
      return answers.take().call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private Future<Decision> call() {
    return threads.submit(() -> together.decide(WHO, this::ask));
  }

  /** So many, which all wait by the time that this returns. */
  private List<Future<Decision>> waiting(int count) throws InterruptedException {
    List<Thread> started = Collections.synchronizedList(new ArrayList<>());
    List<Future<Decision>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(
          threads.submit(
              () -> {
                started.add(Thread.currentThread());
                return together.decide(WHO, this::ask);
              }));
    }
    TestNodes.await(
        "all wait",
        () ->
            started.size() == count
                && started.stream().allMatch(one -> one.getState() == Thread.State.WAITING));
    return calls;
  }

  private static List<Decision> decisions(List<Future<Decision>> calls)
      throws InterruptedException, ExecutionException {
    List<Decision> all = new ArrayList<>();
    for (Future<Decision> call : calls) {
      all.add(call.get());
    }
    return all;
  }

  private int take() throws InterruptedException {
    Integer calls = asked.poll(30, TimeUnit.SECONDS);
    assertThat(calls).as("somebody asks").isNotNull();
    return calls;
  }

  @Test
  void whoIsAlone_asksForItself() throws Exception {
    for (int i = 0; i < 3; i++) {
      Future<Decision> one = call();
      assertThat(take()).isEqualTo(1);
      Decision answer = allowed(9 - i);
      answers.put(() -> List.of(answer));
      assertThat(one.get()).isSameAs(answer);
    }
  }

  @Test
  void whoComesMeanwhile_isAskedForTogether() throws Exception {
    Future<Decision> first = call();
    assertThat(take()).isEqualTo(1);
    List<Future<Decision>> others = waiting(5);
    answers.put(() -> allowed(9, 1));

    assertThat(take()).isEqualTo(5);
    List<Future<Decision>> late = waiting(2);
    List<Decision> five = allowed(8, 5);
    answers.put(() -> five);
    assertThat(take()).isEqualTo(2);
    answers.put(() -> allowed(3, 2));

    assertThat(first.get()).isInstanceOf(Decision.Allowed.class);
    assertThat(decisions(others)).as("each its own").containsExactlyInAnyOrderElementsOf(five);
    assertThat(decisions(late)).hasSize(2);
  }

  @Test
  void whoIsNotServedAnyMore_isAskedForAgain() throws Exception {
    Future<Decision> first = call();
    take();
    List<Future<Decision>> others = waiting(5);
    answers.put(() -> allowed(3, 1));
    assertThat(take()).isEqualTo(5);
    List<Future<Decision>> late = waiting(1);
    answers.put(() -> allowed(2, 2));

    assertThat(take()).as("three are left, and one came").isEqualTo(4);
    answers.put(() -> Collections.nCopies(4, REFUSED));
    assertThat(first.get()).isInstanceOf(Decision.Allowed.class);
    assertThat(decisions(others)).filteredOn(REFUSED::equals).hasSize(3);
    assertThat(decisions(late)).containsExactly(REFUSED);
  }

  @Test
  void refusal_isOfAllWhoWait() throws Exception {
    Future<Decision> first = call();
    take();
    List<Future<Decision>> others = waiting(4);
    answers.put(() -> List.of(REFUSED));

    assertThat(first.get()).isSameAs(REFUSED);
    assertThat(decisions(others)).hasSize(4).allMatch(REFUSED::equals);
    Future<Decision> next = call();
    assertThat(take()).as("nobody waits any more").isEqualTo(1);
    answers.put(() -> allowed(1, 1));
    next.get();
  }

  @Test
  void failure_isOfThoseWhoWereAskedFor() throws Exception {
    Future<Decision> first = call();
    take();
    List<Future<Decision>> others = waiting(3);
    answers.put(
        () -> {
          throw new JedisConnectionException("away");
        });
    assertThat(take()).as("who waited asks").isEqualTo(3);
    List<Future<Decision>> late = waiting(2);
    answers.put(
        () -> {
          throw new JedisConnectionException("still away");
        });
    assertThat(take()).isEqualTo(2);
    answers.put(() -> allowed(9, 2));

    assertThatThrownBy(first::get).hasMessageEndingWith("away");
    for (Future<Decision> other : others) {
      assertThatThrownBy(other::get).hasMessageEndingWith("still away");
    }
    assertThat(decisions(late)).hasSize(2);
  }

  @Test
  void silence_isOfAllWhoWait() throws Exception {
    Future<Decision> first = call();
    take();
    List<Future<Decision>> others = waiting(3);
    answers.put(
        () -> {
          throw new JedisConnectionException(new SocketTimeoutException("Read timed out"));
        });

    assertThatThrownBy(first::get).rootCause().isInstanceOf(SocketTimeoutException.class);
    for (Future<Decision> other : others) {
      assertThatThrownBy(other::get).cause().isInstanceOf(Wire.NotAsked.class);
    }
    Future<Decision> next = call();
    assertThat(take()).as("nobody waits any more").isEqualTo(1);
    answers.put(() -> allowed(1, 1));
    next.get();
  }

  @Test
  void interrupt_ofWhoWaits_isKept() throws Exception {
    Future<Decision> first = call();
    take();
    List<Thread> waiting = Collections.synchronizedList(new ArrayList<>());
    Future<Boolean> interrupted =
        threads.submit(
            () -> {
              waiting.add(Thread.currentThread());
              Decision decided = together.decide(WHO, calls -> allowed(5, calls));
              return decided instanceof Decision.Allowed && Thread.interrupted();
            });
    TestNodes.await(
        "it waits", () -> !waiting.isEmpty() && waiting.get(0).getState() == Thread.State.WAITING);
    waiting.get(0).interrupt();
    answers.put(() -> allowed(9, 1));

    assertThat(first.get()).isNotNull();
    assertThat(interrupted.get()).isTrue();
  }

  /** The client's calls end where their thread is interrupted: those of others would too. */
  @Test
  void interruptOfWhoAsksForOthers_isNotTheirs() throws Exception {
    Future<Decision> first = call();
    take();
    AtomicReference<Thread> leader = new AtomicReference<>();
    Future<Boolean> interrupted =
        threads.submit(
            () -> {
              leader.set(Thread.currentThread());
              together.decide(
                  WHO,
                  calls -> {
                    if (Thread.currentThread().isInterrupted()) {
                      throw new JedisConnectionException("interrupted");
                    }
                    return allowed(8, calls);
                  });
              return Thread.interrupted();
            });
    TestNodes.await(
        "it waits", () -> leader.get() != null && leader.get().getState() == Thread.State.WAITING);
    List<Future<Decision>> others = waiting(3);
    leader.get().interrupt();
    answers.put(() -> allowed(9, 1));

    assertThat(first.get()).isNotNull();
    assertThat(decisions(others)).hasSize(3);
    assertThat(interrupted.get()).as("its own").isTrue();
  }
}
