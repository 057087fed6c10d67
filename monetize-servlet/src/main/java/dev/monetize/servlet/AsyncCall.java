// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Outcome;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The asynchronous part of a call: settles it when the work is complete. Not at a timeout, when the
 * status is not known yet, and not at a dispatch.
 *
 * <p>Complete is what the app says to be, through the context that it got from here, or a dispatch
 * that comes back through the filter and ends there: it is settled then, before the container ends
 * the answer, so that a client that has seen the end finds its call counted. Whatever else ends the
 * work is seen when the container tells of it.
 */
final class AsyncCall implements AsyncListener {

  /** Where a request keeps it, for dispatches to find. */
  private static final String ATTRIBUTE = AsyncCall.class.getName();

  private final MeteredRequest request;
  private final OpenCalls open;
  private volatile boolean startedAgain;
  private volatile @Nullable Throwable failure;

  /** What the client had been sent when it was found to be gone: later the response may be too. */
  private volatile @Nullable Outcome gone;

  private volatile @Nullable AsyncContext context;
  private boolean outside;
  private boolean completed;
  private boolean settled;

  AsyncCall(MeteredRequest request, OpenCalls open) {
    this.request = request;
    this.open = open;
  }

  /** The call that went asynchronous before it was dispatched as this request, if it did. */
  static @Nullable AsyncCall of(ServletRequest dispatched) {
    return dispatched.getAttribute(ATTRIBUTE) instanceof AsyncCall call ? call : null;
  }

  /** Work begins, maybe again, in a context of the container's; the app's own one. */
  AsyncContext started(AsyncContext containers) {
    containers.addListener(this);
    startedAgain = true;
    if (context == null) {
      request.setAttribute(ATTRIBUTE, this);
      open.opened(this);
    }
    AsyncContext own = new ObservedAsync(containers, this::completing);
    context = own;
    return own;
  }

  /** The app's context, null before it got one. */
  @Nullable AsyncContext context() {
    return context;
  }

  /**
   * The app has done its work; while the filter has not been left, it may still change the answer.
   */
  private void completing() {
    boolean isOver;
    synchronized (this) {
      completed = true;
      isOver = outside;
    }
    if (isOver) {
      settle(failure);
    }
  }

  /** The filter is being left. */
  void left(@Nullable Throwable thrown) {
    boolean isOver;
    synchronized (this) {
      outside = true;
      isOver = completed;
    }
    end(thrown, isOver);
  }

  private void end(@Nullable Throwable thrown, boolean isOver) {
    if (thrown != null) {
      failure = thrown;
    }
    if (thrown != null || isOver) {
      settle(failure);
    }
  }

  /** A dispatch begins. */
  void dispatching() {
    startedAgain = false;
  }

  /** A dispatch is over: settles the call unless it went asynchronous once more. */
  void dispatched(@Nullable Throwable thrown) {
    end(thrown, !startedAgain);
  }

  /** The filter goes out of service: settles the call as if its client had hung up. */
  void cutOff() {
    Throwable hungUp = new ClosedChannelException();
    hungUp.setStackTrace(new StackTraceElement[0]); // else it would tell of reading or writing
    settle(hungUp);
  }

  @Override
  public void onComplete(AsyncEvent event) {
    settle(failure);
  }

  @Override
  public void onError(AsyncEvent event) {
    Throwable thrown = event.getThrowable();
    failure = thrown;
    if (thrown != null && gone == null && ClientGone.is(thrown)) {
      gone = request.gone(thrown);
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    // The status is not known yet; onComplete follows.
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    startedAgain = true;
    event.getAsyncContext().addListener(this);
  }

  private void settle(@Nullable Throwable thrown) {
    if (isFirstEnd()) {
      open.ended(this);
      request.settle(thrown, gone);
    }
  }

  private synchronized boolean isFirstEnd() {
    boolean first = !settled;
    settled = true;
    return first;
  }
}
