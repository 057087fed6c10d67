// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/**
 * A journal's own memory of the ids of usage from elsewhere, over all instances that write it: to
 * look an id up, to append its event and to remember it is one step. Thread-safe.
 */
public interface IdentityLog {

  /** What ids are hashed under, 32 bytes; the same on all instances, for ever. */
  byte[] secret();

  /**
   * Appends an event, unless one was appended under its id within 35 days of its settlement.
   *
   * @param event with its {@link UsageEvent#external}
   * @return {@link Recording.Recorded}; {@link Recording.Duplicate} or {@link Recording.Conflict},
   *     by the id's payload; {@link Recording.Unavailable} if that is not known by now: again
   *     later, with the same id
   */
  Recording append(UsageEvent event);

  /**
   * What an event under this id would be, were it appended.
   *
   * @return {@link Recording.Duplicate}, {@link Recording.Conflict} or {@link
   *     Recording.Unavailable}; {@link Recording.Refused} if nothing is known of it
   */
  Recording find(ExternalId id);
}
