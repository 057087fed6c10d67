// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Granted;
import dev.monetize.Outcome;
import dev.monetize.tier.MeterRule;
import jakarta.servlet.AsyncContext;
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
 * left, or else as {@link AsyncCall} finds.
 */
final class MeteredRequest extends HttpServletRequestWrapper {

  private static final Logger log = LoggerFactory.getLogger(MeteredRequest.class);

  /** Not a status of HTTP, but what logs call a request whose client closed it. */
  private static final int NOTHING_SENT = 499;

  private final Granted call;
  private final HttpServletResponse response;
  private final OpenCalls open;
  private volatile @Nullable AsyncCall async;

  MeteredRequest(
      HttpServletRequest request, HttpServletResponse response, Granted call, OpenCalls open) {
    super(request);
    this.call = call;
    this.response = response;
    this.open = open;
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
    AsyncCall own = async;
    AsyncContext context = own == null ? null : own.context();
    return context != null ? context : super.getAsyncContext();
  }

  private AsyncContext observed(AsyncContext context) {
    AsyncCall own = async != null ? async : new AsyncCall(this, open);
    AsyncContext observed = own.started(context);
    async = own;
    return observed;
  }

  /** The filter is being left: settles the call unless it goes on asynchronously. */
  void left(@Nullable Throwable thrown) {
    if (thrown == null && async == null) {
      findAsynchronous();
    }
    AsyncCall own = async;
    if (own != null) {
      own.left(thrown);
    } else {
      settle(thrown, null);
    }
  }

  /**
   * The app may have gone asynchronous past this wrapper, and may have come to an end meanwhile.
   */
  private void findAsynchronous() {
    try {
      if (getRequest().isAsyncStarted()) {
        observed(getRequest().getAsyncContext());
      }
    } catch (IllegalStateException e) {
      log.debug("asynchronous work ended while the filter was left", e);
    }
  }

  /**
   * Settles the call.
   *
   * @param thrown what ended it, if that was an exception
   * @param gone what the client had been sent when it was found to be gone, if it was before
   */
  void settle(@Nullable Throwable thrown, @Nullable Outcome gone) {
    Outcome known = Outcome.abandoned();
    try {
      addFromHeaders();
      known = outcome(thrown, gone);
    } catch (IllegalStateException e) {
      log.warn("{} is not counted: the container has taken its response back", call, e);
    } finally {
      call.settle(known);
    }
  }

  private Outcome outcome(@Nullable Throwable thrown, @Nullable Outcome gone) {
    if (thrown == null) {
      return Outcome.answered(response.getStatus());
    }
    if (!ClientGone.is(thrown)) {
      return Outcome.failed();
    }
    return gone != null ? gone : gone(thrown);
  }

  /** What a client that is gone has been sent. */
  Outcome gone(Throwable thrown) {
    boolean any = response.isCommitted() && !ClientGone.isWhileReading(thrown);
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
