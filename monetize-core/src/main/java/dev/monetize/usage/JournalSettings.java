// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;

/**
 * How a {@link FileUsageJournal} is kept:
 *
 * <pre>{@code
 * JournalSettings.on(clock).durability(Durability.POWER).retention(Duration.ofDays(90))
 * }</pre>
 *
 * @param durability what {@code append} waits for
 * @param onDamage what becomes of a journal that is not as it was written
 * @param segmentBytes size of files made from now on, 128 KiB to 1 GiB; a multiple of 4 KiB
 * @param syncEvery pause between two fsyncs while nobody waits for one; 1 ms to 10 s
 * @param checkpointEvery least time between two checkpoints; 1 s to 1 day
 * @param retention how long events are kept at least, counted from their settlement: as long as
 *     somebody may dispute an invoice
 * @param clock tells what is past its retention
 */
public record JournalSettings(
    Durability durability,
    OnDamage onDamage,
    int segmentBytes,
    Duration syncEvery,
    Duration checkpointEvery,
    Duration retention,
    InstantSource clock) {

  private static final int MIN_SEGMENT_BYTES = 128 << 10;
  private static final int MAX_SEGMENT_BYTES = 1 << 30;

  /** Refuses what is out of bounds. */
  public JournalSettings {
    Objects.requireNonNull(durability, "durability");
    Objects.requireNonNull(onDamage, "onDamage");
    Objects.requireNonNull(clock, "clock");
    if (segmentBytes < MIN_SEGMENT_BYTES
        || segmentBytes > MAX_SEGMENT_BYTES
        || segmentBytes % 4096 != 0) {
      throw new IllegalArgumentException(
          "segmentBytes must be a multiple of 4096 from 131072 to 1073741824, got " + segmentBytes);
    }
    within("syncEvery", syncEvery, Duration.ofMillis(1), Duration.ofSeconds(10));
    within("checkpointEvery", checkpointEvery, Duration.ofSeconds(1), Duration.ofDays(1));
    within("retention", retention, Duration.ZERO, Duration.ofDays(36_500));
  }

  private static void within(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          name + " must be from " + least + " to " + most + ", got " + value);
    }
  }

  /**
   * {@code PROCESS}, {@code REFUSE}, segments of 16 MiB, an fsync each 10 ms, a checkpoint each
   * minute, 400 days.
   */
  public static JournalSettings on(InstantSource clock) {
    return new JournalSettings(
        Durability.PROCESS,
        OnDamage.REFUSE,
        16 << 20,
        Duration.ofMillis(10),
        Duration.ofMinutes(1),
        Duration.ofDays(400),
        clock);
  }

  /** What an event survives when {@code append} has returned. */
  public enum Durability {
    /**
     * The end of the process, {@code kill -9} included. A power cut may take what was appended
     * since the last fsync.
     */
    PROCESS,
    /** A power cut too: {@code append} waits for an fsync, which it shares with all who wait. */
    POWER
  }

  /** What becomes of a journal whose files are not as they were written. */
  public enum OnDamage {
    /** It is not opened, and nothing is changed: somebody has to look. */
    REFUSE,
    /**
     * It is gone on. Damaged files are kept, as they are, in the sub-directory {@code quarantine},
     * with zeros for what the disk does not give; all records that are still readable stay, under
     * the sequences that they had. What is missing is lost: no invoice and no sink will ever have
     * it, {@link FileUsageJournal#gaps} tells which it is, at every start. What a sink was not
     * certainly sent before that place is parked, since it may have been; ids of usage from
     * elsewhere that are lost may be recorded again, and notices told again.
     */
    CONTINUE
  }

  /** The same with another durability. */
  public JournalSettings durability(Durability value) {
    return new JournalSettings(
        value, onDamage, segmentBytes, syncEvery, checkpointEvery, retention, clock);
  }

  /** The same with another answer to damage. */
  public JournalSettings onDamage(OnDamage value) {
    return new JournalSettings(
        durability, value, segmentBytes, syncEvery, checkpointEvery, retention, clock);
  }

  /** The same with another size of segments. */
  public JournalSettings segmentBytes(int value) {
    return new JournalSettings(
        durability, onDamage, value, syncEvery, checkpointEvery, retention, clock);
  }

  /** The same with another pause between fsyncs. */
  public JournalSettings syncEvery(Duration value) {
    return new JournalSettings(
        durability, onDamage, segmentBytes, value, checkpointEvery, retention, clock);
  }

  /** The same with another least time between checkpoints. */
  public JournalSettings checkpointEvery(Duration value) {
    return new JournalSettings(
        durability, onDamage, segmentBytes, syncEvery, value, retention, clock);
  }

  /** The same with another retention. */
  public JournalSettings retention(Duration value) {
    return new JournalSettings(
        durability, onDamage, segmentBytes, syncEvery, checkpointEvery, value, clock);
  }

  /** The same with another clock. */
  public JournalSettings clock(InstantSource value) {
    return new JournalSettings(
        durability, onDamage, segmentBytes, syncEvery, checkpointEvery, retention, value);
  }
}
