// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Notices: thresholds of quotas and spend caps, and keys that expire, each told once.
 *
 * <p>The way of a {@link dev.monetize.notice.Notice}:
 *
 * <ol>
 *   <li>{@link dev.monetize.notice.Notices} is told of settled use by the thread that settles, and
 *       queues what was reached; at start, and when other tiers come into force, it goes over all
 *       who have used something, at start also in windows that ended {@link
 *       dev.monetize.notice.Untold};
 *   <li>a thread of its own writes it to the journal, once for each id ({@link
 *       dev.monetize.notice.GivenNotices});
 *   <li>each {@link dev.monetize.notice.NoticeListener}, such as a {@link
 *       dev.monetize.notice.WebhookSender}, gets it on a thread of its own, until it has arrived.
 * </ol>
 *
 * <p>Start at {@link dev.monetize.notice.NoticeListener}. All that is shared between threads is
 * thread-safe and says so.
 */
@NullMarked
package dev.monetize.notice;

import org.jspecify.annotations.NullMarked;
