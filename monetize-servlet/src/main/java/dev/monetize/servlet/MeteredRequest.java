// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Granted;
import dev.monetize.Outcome;
import dev.monetize.tier.MeterRule;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An admitted request, as the app sees it: the container's, but that it notices when the app goes
 * asynchronous, the moment it does. So the call is settled at its real end: when the filter is
 * left, or else when the asynchronous work is complete. Not at a timeout, when the status is not
 * known yet, and not at a dispatch.
 *
 * <p>Complete is what the app says to be, through the context that it got from here, or a dispatch
 * that comes back through the filter and ends there: it is settled then, before the container ends
 * the answer, so that a client that has seen the end finds its call counted. Whatever else ends the
 * work is seen when the container tells of it.
 */
final class MeteredRequest extends HttpServletRequestWrapper implements AsyncListener {

  private static final Logger log = LoggerFactory.getLogger(MeteredRequest.class);

  /** Not a status of HTTP, but what logs call a request whose client closed it. */
  private static final int NOTHING_SENT = 499;

  /** Where an asynchronous request keeps itself, for dispatches to find. */
  private static final String ATTRIBUTE = MeteredRequest.class.getName();

  private final Granted call;
  private final HttpServletResponse response;
  private final OpenCalls open;
  private volatile boolean asynchronous;
  private volatile boolean startedAgain;
  private volatile @Nullable Throwable failure;

  /** What the client had been sent when it was found to be gone: later the response may be too. */
  private volatile @Nullable Outcome gone;

  private volatile @Nullable AsyncContext observed;
  private boolean outside;
  private boolean completed;
  private boolean settled;

  MeteredRequest(
      HttpServletRequest request, HttpServletResponse response, Granted call, OpenCalls open) {
    super(request);
    this.call = call;
    this.response = response;
    this.open = open;
  }

  /** The request that went asynchronous before it was dispatched as this one, if it did. */
  static @Nullable MeteredRequest of(ServletRequest dispatched) {
    return dispatched.getAttribute(ATTRIBUTE) instanceof MeteredRequest request ? request : null;
  }

  @Override
  public AsyncContext startAsync() {
    return observed(super.startAsync());
  }

  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    return observed(super.startAsync(request, response));
  }

  @Override
  public AsyncContext getAsyncContext() {
    AsyncContext own = observed;
    return own != null ? own : super.getAsyncContext();
  }

  private AsyncContext observed(AsyncContext context) {
    context.addListener(this);
    startedAgain = true;
    if (!asynchronous) {
      asynchronous = true;
      setAttribute(ATTRIBUTE, this);
      open.opened(this);
    }
    AsyncContext own = new ObservedAsync(context, this::completing);
    observed = own;
    return own;
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
      settle();
    }
  }

  /** The filter is being left: settles the call unless it goes on asynchronously. */
  void left(@Nullable Throwable thrown) {
    boolean isOver;
    synchronized (this) {
      outside = true;
      isOver = completed;
    }
    if (thrown != null) {
      failure = thrown;
      settle();
    } else if (isOver) {
      settle();
    } else if (!asynchronous && !isFoundAsynchronous()) {
      settle();
    }
  }

  /** A dispatch begins. */
  void dispatching() {
    startedAgain = false;
  }

  /** A dispatch is over: settles the call unless it went asynchronous once more. */
  void dispatched(@Nullable Throwable thrown) {
    if (thrown != null) {
      failure = thrown;
      settle();
    } else if (!startedAgain) {
      settle();
    }
  }

  /** The filter goes out of service: settles the call as if its client had hung up. */
  void cutOff() {
    settle(true);
  }

  /** Whether the app went asynchronous past this wrapper, and has not come to an end meanwhile. */
  private boolean isFoundAsynchronous() {
    try {
      if (getRequest().isAsyncStarted()) {
        observed(getRequest().getAsyncContext());
        return true;
      }
    } catch (IllegalStateException e) {
      log.debug("asynchronous work ended while the filter was left", e);
    }
    return false;
  }

  @Override
  public void onComplete(AsyncEvent event) {
    settle();
  }

  @Override
  public void onError(AsyncEvent event) {
    Throwable thrown = event.getThrowable();
    failure = thrown;
    if (thrown != null && ClientGone.is(thrown)) {
      gone = clientGone(thrown);
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

  private void settle() {
    settle(false);
  }

  private void settle(boolean cutOff) {
    if (!isFirstEnd()) {
      return;
    }
    if (asynchronous) {
      open.ended(this);
    }
    Outcome known = Outcome.abandoned();
    try {
      addFromHeaders();
      known = cutOff ? cutOffOutcome() : outcome();
    } catch (IllegalStateException e) {
      log.warn("{} is not counted: the container has taken its response back", call, e);
    } finally {
      call.settle(known);
    }
  }

  private synchronized boolean isFirstEnd() {
    boolean first = !settled;
    settled = true;
    return first;
  }

  private Outcome cutOffOutcome() {
    return gone != null ? gone : sent(response.isCommitted());
  }

  private Outcome outcome() {
    Throwable thrown = failure;
    if (thrown == null) {
      return Outcome.answered(response.getStatus());
    }
    return ClientGone.is(thrown) ? clientGone(thrown) : Outcome.failed();
  }

  private Outcome clientGone(Throwable thrown) {
    return gone != null ? gone : sent(response.isCommitted() && !ClientGone.isWhileReading(thrown));
  }

  private Outcome sent(boolean any) {
    return Outcome.clientGone(any ? response.getStatus() : NOTHING_SENT);
  }

  private void addFromHeaders() {
    List<MeterRule> rules = call.endpoint().meters();
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).units() instanceof MeterRule.Units.ResponseHeader header) {
        addFromHeader(rules.get(i).meter(), header.name());
      }
    }
  }

  private void addFromHeader(String meter, String header) {
    String value = response.getHeader(header);
    if (value == null) {
      return;
    }
    try {
      call.add(meter, Long.parseLong(value.strip()));
    } catch (IllegalArgumentException e) {
      log.warn(
          "{}: response header {} must hold the units of meter {} as a whole number: not counted",
          call.endpoint().label(),
          header,
          meter);
    }
  }
}
