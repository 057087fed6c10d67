// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/**
 * Who does what only one instance may do at a time, of those that share a journal: deliver to a
 * sink, tell notices. An instance claims it, and holds it as long as it shows that it lives; after
 * that another one gets it. {@link UsageJournal#claims} of a journal that nobody else writes gives
 * everything to whoever asks.
 *
 * <p>Who holds a claim knows all that its former holders have written. Thread-safe.
 */
public interface Claims {

  /** Gives all to everyone. */
  Claims ALL =
      new Claims() {
        @Override
        public long claim(String name) {
          return 1;
        }

        @Override
        public boolean holds(String name, long turn) {
          return true;
        }

        @Override
        public void onChange(Runnable listener) {}
      };

  /**
   * Takes what nobody has, and keeps it until it is lost or the journal is closed. Where somebody
   * else has it, it is asked for again and again from here on. Who has lost it has it again only
   * after another call. May wait for what is away, a few seconds at most.
   *
   * @param name of what is claimed: letters, digits and {@code . _ - :}
   * @return the number of the turn, at least 1, another one each time that it is taken; 0 if
   *     somebody else has it
   */
  long claim(String name);

  /** Whether a turn still lasts. A cheap read. */
  boolean holds(String name, long turn);

  /** Has somebody told, on any thread, when a claim may be had; it returns at once. */
  void onChange(Runnable listener);
}
