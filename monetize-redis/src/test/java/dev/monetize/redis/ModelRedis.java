// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.executors.CommandExecutor;
import redis.clients.jedis.providers.ConnectionProvider;

/**
 * A server that is the {@link ScriptModel}, of one set of limits and one subject, with a clock of
 * its own, that forgets and fails when it is told to.
 */
final class ModelRedis extends UnifiedJedis {

  /** What becomes of the next question. */
  enum Next {
    ANSWERED,
    NOT_REACHED,
    QUESTION_LOST,
    ANSWER_LOST
  }

  private final Server server;

  ModelRedis() {
    this(new Server());
  }

  private ModelRedis(Server server) {
    super(server, (ConnectionProvider) null, RedisProtocol.RESP2, null);
    this.server = server;
  }

  /** Begins anew, for another set of limits. */
  void begin(LimitSet limits) {
    server.plan = LimitPlan.of(limits);
    server.state = new ScriptModel();
    server.next = Next.ANSWERED;
    server.mostTaken = 1;
    server.away = false;
  }

  void clock(long micros) {
    server.micros = micros;
  }

  ScriptModel state() {
    return server.state;
  }

  /** The latest window that anything was ever counted in, though it came back. */
  long latestWindow() {
    return server.latestWindow;
  }

  /** Goes on from another state. */
  void become(ScriptModel state) {
    server.state = state;
  }

  /** Has the script forgotten. */
  void forgetScript() {
    server.loaded = false;
  }

  void next(Next next) {
    server.next = next;
  }

  /** Whether it cannot be reached at all. */
  void away(boolean away) {
    server.away = away;
  }

  /** Answers so far, but those that were lost. */
  long answered() {
    return server.answered;
  }

  /** Questions and answers that were lost, which nobody can tell apart. */
  long lost() {
    return server.lost;
  }

  /** How often rates were charged for what was taken elsewhere. */
  long forces() {
    return server.forces;
  }

  /** By how much rates were charged for what was taken elsewhere, in microseconds. */
  long forcedMicros() {
    return server.forcedMicros;
  }

  /** How often a charge was taken at once, at most. */
  long mostTaken() {
    return server.mostTaken;
  }

  /** Questions put to it since it was made. */
  long asked() {
    return server.asked;
  }

  private static final class Server implements CommandExecutor {

    private static final Subject ANYBODY = new Subject("", "");

    private ScriptModel state = new ScriptModel();
    private LimitPlan plan = LimitPlan.of(LimitSet.of(List.of()));
    private long micros;
    private boolean loaded;
    private Next next = Next.ANSWERED;
    private long mostTaken;
    private long latestWindow = Long.MIN_VALUE;
    private long asked;
    private long answered;
    private long forces;
    private long forcedMicros;
    private long lost;
    private boolean away;
    private @Nullable Charge last;
    private long[] lastAmounts = {};

    @Override
    @SuppressWarnings("unchecked")
    public <T> T executeCommand(CommandObject<T> command) {
      asked++;
      if (away) {
        throw new Broken(new ConnectException("away"));
      }
      CommandArguments all = command.getArguments();
      if (all.getCommand() == Protocol.Command.EVAL) {
        loaded = true;
      } else if (!loaded) {
        throw new NoScript();
      }
      Next fate = next;
      next = Next.ANSWERED;
      if (fate == Next.NOT_REACHED) {
        throw new Broken(new ConnectException("refused"));
      }
      if (fate == Next.QUESTION_LOST) {
        lost++;
        throw new Broken(null);
      }
      byte[] answer = answer(all.get(all.size() - 2).getRaw());
      for (long window : state.windows().keySet()) {
        latestWindow = Math.max(latestWindow, window);
      }
      if (fate == Next.ANSWER_LOST) {
        lost++;
        throw new Broken(null);
      }
      answered++;
      return (T) answer;
    }

    private byte[] answer(byte[] request) {
      ByteBuffer from = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
      int operation = from.get();
      Instance instance = new Instance(from.getInt(), from.getInt());
      int times = from.getInt();
      if (operation == LimitRequest.CORRECT) {
        state.correct(instance, micros, corrections(from));
        return new byte[0];
      }
      List<Limit> limits = plan.limits().limits();
      long[] amounts = new long[limits.size()];
      long least = 0;
      long start = 0;
      for (int i = 0; i < amounts.length; i++) {
        amounts[i] = (long) from.getDouble();
        if (limits.get(i) instanceof WindowLimit) {
          from.getInt();
          start = from.getInt() & 0xffff_ffffL;
          from.getLong();
          least = (long) from.getDouble();
        }
      }
      List<Correction> corrections = corrections(from);
      Charge charge = charge(amounts);
      List<Long> answer =
          operation == LimitRequest.FORCE
              ? forced(charge, instance, start * 1_000_000_000)
              : state.decide(
                  plan,
                  ANYBODY,
                  operation == LimitRequest.PEEK ? null : charge,
                  least,
                  instance,
                  times,
                  start * 1_000_000_000,
                  micros,
                  corrections);
      mostTaken = Math.max(mostTaken, answer.get(0));
      ByteBuffer to = ByteBuffer.allocate(8 * answer.size()).order(ByteOrder.LITTLE_ENDIAN);
      answer.forEach(number -> to.putDouble((double) number));
      return to.array();
    }

    private List<Long> forced(Charge charge, Instance instance, long callersNanos) {
      long before = Math.max(micros, state.arrival());
      List<Long> answer = state.force(plan, charge, instance, callersNanos, micros);
      forcedMicros += Math.max(micros, state.arrival()) - before;
      forces++;
      return answer;
    }

    private Charge charge(long[] amounts) {
      if (last == null || last.limits() != plan.limits() || !Arrays.equals(amounts, lastAmounts)) {
        int[] at = new int[1];
        last = Charge.of(plan.limits(), limit -> amounts[at[0]++]);
        lastAmounts = amounts;
      }
      return last;
    }

    private static List<Correction> corrections(ByteBuffer from) {
      List<Correction> all = new ArrayList<>();
      for (int left = from.getInt(); left > 0; left--) {
        int scope = from.get();
        int kind = from.get();
        int id = from.getInt();
        long start = from.getInt() & 0xffff_ffffL;
        long end = from.getInt() & 0xffff_ffffL;
        long difference = (long) from.getDouble();
        boolean rate = kind == LimitPlan.RATE;
        long part = rate ? (long) from.getDouble() : 0;
        long parts = rate ? (long) from.getDouble() : 0;
        all.add(new Correction(scope, kind, id, start, end, difference, part, parts));
      }
      return all;
    }

    @Override
    public void close() {}
  }

  /** Without a stack trace: there are many. */
  private static final class Broken extends JedisConnectionException {

    private static final long serialVersionUID = 1;

    Broken(ConnectException cause) {
      super("broken", cause);
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  private static final class NoScript extends JedisNoScriptException {

    private static final long serialVersionUID = 1;

    NoScript() {
      super("NOSCRIPT");
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }
}
