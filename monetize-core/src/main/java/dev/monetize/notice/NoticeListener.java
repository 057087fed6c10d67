// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

/**
 * Is told of notices: sends a mail, posts to a chat, or is a {@link WebhookSender}.
 *
 * <p>Returning means that the notice has arrived. Throwing anything means: again later, with pauses
 * that grow from 5 seconds to a day; after three days the notice is parked and shown in {@link
 * Notices#status}. Each notice comes at least once, and after a crash perhaps again, with the same
 * {@link Notice#id}. Called by one thread of its own, never by one that serves a call.
 */
@FunctionalInterface
public interface NoticeListener {

  /**
   * Takes a notice.
   *
   * @throws ListenerGoneException to have it parked at once
   */
  void on(Notice notice) throws Exception;
}
