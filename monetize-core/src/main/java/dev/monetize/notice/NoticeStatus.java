// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a listener is doing.
 *
 * @param waiting notices that it has not got yet, and that are tried again by themselves
 * @param parked notices that were given up; {@link Notices#retry} or a restart tries them again
 * @param failure what the last attempt failed with, or null where it went well
 */
public record NoticeStatus(int waiting, List<Notice> parked, @Nullable String failure) {

  public NoticeStatus {
    parked = List.copyOf(parked);
  }
}
