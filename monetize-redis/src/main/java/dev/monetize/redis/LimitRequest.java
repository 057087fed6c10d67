// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import dev.monetize.limit.WindowUse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the script is asked, little-endian:
 *
 * <pre>
 * operation 1 | instance 4 | seconds that calls under way count without a sign of life 4 | times wanted 4
 * for each limit, but of a correction alone:
 *   amount 8, and of a window the starts of the former, present, next and next but one 4 each,
 *   and what the ledger knows to have been used 8, for where the script has no count
 * corrections 4, each:
 *   scope 1 | kind 1 | id 4 | start and end of the window 4 each | difference 8 (| of a rate, part 8 | parts 8)
 * </pre>
 */
final class LimitRequest {

  static final int ACQUIRE = 0;
  static final int PEEK = 1;
  static final int CORRECT = 2;
  static final int FORCE = 3;

  private static final int HEAD = 17;
  private static final int LIMIT = 32;
  private static final int CORRECTION = 38;

  private LimitRequest() {}

  /**
   * Asks for a charge, or only how things stand.
   *
   * @param charge null to take nothing
   * @param used what the ledger knows to have been used of quotas
   * @param times how often the charge is wanted, at least 1
   */
  static byte[] decide(
      LimitPlan plan,
      Subject subject,
      @Nullable Charge charge,
      WindowUse used,
      Instance instance,
      int times,
      long now,
      List<Correction> corrections) {
    LimitSet limits = plan.limits();
    byte[] room = new byte[HEAD + LIMIT * limits.size() + CORRECTION * corrections.size()];
    ByteBuffer to = buffer(room);
    head(to, charge == null ? PEEK : ACQUIRE, instance, times);
    for (int i = 0; i < limits.size(); i++) {
      Limit limit = limits.get(i);
      LimitPlan.number(charge == null ? 0 : charge.amount(i), to);
      if (limit instanceof WindowLimit window) {
        long known = used.used(subject, window, window.windows().at(now));
        put(plan.windows(i, now), known, to);
      }
    }
    put(corrections, to);
    return Arrays.copyOf(room, to.position());
  }

  /** Takes amounts though they do not fit, of rates alone. */
  static byte[] force(LimitPlan plan, long[] amounts, Instance instance, long now) {
    LimitSet limits = plan.limits();
    byte[] room = new byte[HEAD + LIMIT * limits.size()];
    ByteBuffer to = buffer(room);
    head(to, FORCE, instance, 1);
    for (int i = 0; i < amounts.length; i++) {
      LimitPlan.number(amounts[i], to);
      if (limits.get(i) instanceof WindowLimit) {
        put(plan.windows(i, now), 0, to);
      }
    }
    put(List.of(), to);
    return Arrays.copyOf(room, to.position());
  }

  /** Corrects, and asks nothing. */
  static byte[] correct(Instance instance, List<Correction> corrections) {
    byte[] room = new byte[HEAD + CORRECTION * corrections.size()];
    ByteBuffer to = buffer(room);
    head(to, CORRECT, instance, 0);
    put(corrections, to);
    return Arrays.copyOf(room, to.position());
  }

  private static ByteBuffer buffer(byte[] room) {
    return ByteBuffer.wrap(room).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void head(ByteBuffer to, int operation, Instance instance, int times) {
    to.put((byte) operation);
    to.putInt(instance.number());
    to.putInt(instance.silentSeconds());
    to.putInt(times);
  }

  private static void put(WindowsAround windows, long used, ByteBuffer to) {
    to.putInt((int) windows.former());
    to.putInt((int) windows.start());
    to.putInt((int) windows.end());
    to.putInt((int) windows.following());
    LimitPlan.number(used, to);
  }

  private static void put(List<Correction> corrections, ByteBuffer to) {
    to.putInt(corrections.size());
    for (Correction correction : corrections) {
      to.put((byte) correction.scope());
      to.put((byte) correction.kind());
      to.putInt(correction.id());
      to.putInt((int) correction.start());
      to.putInt((int) correction.end());
      LimitPlan.number(correction.difference(), to);
      if (correction.kind() == LimitPlan.RATE) {
        LimitPlan.number(correction.part(), to);
        LimitPlan.number(correction.parts(), to);
      }
    }
  }
}
