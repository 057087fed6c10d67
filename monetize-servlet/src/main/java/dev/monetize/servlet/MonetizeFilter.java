// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Admission;
import dev.monetize.ApiCall;
import dev.monetize.Denied;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.Reason;
import dev.monetize.tier.TierCatalog;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link Monetizer} in front of an app's endpoints.
 *
 * <pre>{@code
 * MonetizeFilter.register(servletContext, monetizer, "/v1/*");
 * }</pre>
 *
 * <p>Each request is held to its caller's limits, and settled once, with its final status: when the
 * filter is left or, where the app went asynchronous, when that is complete. Map it to REQUEST and
 * ASYNC dispatches: an asynchronous dispatch does not count again, but its end is the call's. Error
 * pages do not count again. HEAD counts as GET; OPTIONS passes.
 *
 * <p>A handler reads who called, and adds units, with {@link #call}. Nothing of the answer is
 * buffered. Thread-safe.
 */
public final class MonetizeFilter implements Filter {

  private static final Logger log = LoggerFactory.getLogger(MonetizeFilter.class);
  private static final String CALL = "dev.monetize.call";

  private final RequestIdentity identity = new RequestIdentity();
  private final OpenCalls open = new OpenCalls();
  private @Nullable Monetizer monetizer;
  private boolean owned;
  private LimitHeaders headers = new LimitHeaders(false);

  /**
   * For {@code web.xml}: takes the engine from {@link MonetizeContext}, or makes one of the init
   * parameters {@code tiers} (a path below the web app's root, such as {@code /WEB-INF/tiers.yml},
   * or a file) and {@code data} (a directory).
   */
  public MonetizeFilter() {}

  /** A filter in front of an engine, which the caller closes. */
  public MonetizeFilter(Monetizer monetizer) {
    this.monetizer = Objects.requireNonNull(monetizer, "monetizer");
  }

  /**
   * Registers the filter, first in the chain, while a web app starts. When the app stops, the
   * filter closes the engine.
   *
   * @param urlPatterns servlet mappings to put it in front of
   * @return the filter, for further settings
   */
  public static MonetizeFilter register(
      ServletContext context, Monetizer monetizer, String... urlPatterns) {
    MonetizeFilter filter = new MonetizeFilter(monetizer);
    filter.owned = true;
    FilterRegistration.Dynamic registration = context.addFilter("monetize", filter);
    if (registration == null) {
      throw new IllegalStateException("a filter named \"monetize\" is registered already");
    }
    registration.setAsyncSupported(true);
    registration.addMappingForUrlPatterns(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, urlPatterns);
    MonetizeContext.put(context, monetizer);
    return filter;
  }

  /** Identifies callers that bring no key of ours. Set it before the first request. */
  public MonetizeFilter identifyBy(CredentialResolver resolver) {
    identity.identifyBy(Objects.requireNonNull(resolver, "resolver"));
    return this;
  }

  /**
   * Tells {@code X-RateLimit-Reset} in seconds from now rather than since the epoch. Set it before
   * the first request.
   */
  public MonetizeFilter resetAsDelta() {
    this.headers = new LimitHeaders(true);
    return this;
  }

  /**
   * Takes the client's address from {@code X-Forwarded-For} where the connection comes from a
   * trusted proxy: the rightmost address that is not one. Set it before the first request.
   *
   * @param networks addresses, or networks such as {@code 10.0.0.0/8}
   * @throws IllegalArgumentException if one is neither
   */
  public MonetizeFilter trustProxies(String... networks) {
    identity.addressBy(ClientAddress.behind(networks));
    return this;
  }

  /**
   * The call that a request is, for its handler: who called, features of the tier, units to add.
   *
   * @throws IllegalStateException if the request did not come through the filter, or to a public
   *     endpoint
   */
  public static Granted call(ServletRequest request) {
    return findCall(request)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "this request is not metered: map the MonetizeFilter to its path,"
                        + " and do not list that as public"));
  }

  /** The call that a request is, or empty if it is not metered. */
  public static Optional<Granted> findCall(ServletRequest request) {
    return request.getAttribute(CALL) instanceof Granted call
        ? Optional.of(call)
        : Optional.empty();
  }

  @Override
  public void init(FilterConfig config) throws ServletException {
    ServletContext context = config.getServletContext();
    if (monetizer == null) {
      monetizer = MonetizeContext.find(context).orElse(null);
      owned = monetizer == null;
    }
    if (monetizer == null) {
      monetizer = fromParameters(config);
    }
    MonetizeContext.put(context, monetizer);
    MonetizeContext.put(context, identity);
  }

  private static Monetizer fromParameters(FilterConfig config) throws ServletException {
    String tiers = config.getInitParameter("tiers");
    String data = config.getInitParameter("data");
    if (tiers == null || data == null) {
      throw new ServletException(
          "MonetizeFilter needs a Monetizer in the ServletContext (MonetizeContext.put), or the init"
              + " parameters 'tiers' (a file) and 'data' (a directory)");
    }
    String real = config.getServletContext().getRealPath(tiers);
    Path file = real != null && Path.of(real).toFile().exists() ? Path.of(real) : Path.of(tiers);
    return Monetizer.builder().tiers(TierCatalog.load(file)).dataDirectory(Path.of(data)).build();
  }

  @Override
  public void destroy() {
    open.cutOff();
    if (owned && monetizer != null) {
      monetizer.close();
    }
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request instanceof HttpServletRequest http
        && response instanceof HttpServletResponse answer) {
      if (isNew(http)) {
        serve(http, answer, chain);
        return;
      }
      AsyncCall dispatched = dispatched(http);
      if (dispatched != null) {
        resume(dispatched, http, answer, chain);
        return;
      }
    }
    chain.doFilter(request, response);
  }

  /** Whether a request has not been counted yet, and may have to be. */
  private static boolean isNew(HttpServletRequest request) {
    DispatcherType type = request.getDispatcherType();
    return type != DispatcherType.ERROR
        && type != DispatcherType.ASYNC
        && request.getAttribute(CALL) == null
        && !"OPTIONS".equals(request.getMethod());
  }

  private void serve(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Admission admission = admit(request);
    if (admission instanceof Granted call) {
      serve(call, new MeteredRequest(request, response, call, open), response, chain);
    } else if (admission instanceof Denied denied) {
      Problem.send(response, denied, engine(), headers);
    } else {
      chain.doFilter(request, response);
    }
  }

  /** Nothing stands between admission and the try: whatever fails, the call is settled. */
  private void serve(
      Granted call, MeteredRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Throwable thrown = null;
    try {
      headers.write(response, call.standing(), call.admittedNanos());
      request.setAttribute(CALL, call);
      chain.doFilter(request, response);
    } catch (Throwable t) {
      thrown = t;
      throw t;
    } finally {
      request.left(thrown);
    }
  }

  /** The call that an asynchronous dispatch goes on with. */
  private static @Nullable AsyncCall dispatched(HttpServletRequest request) {
    return request.getDispatcherType() == DispatcherType.ASYNC ? AsyncCall.of(request) : null;
  }

  private static void resume(
      AsyncCall call, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Throwable thrown = null;
    call.dispatching();
    try {
      chain.doFilter(request, response);
    } catch (Throwable t) {
      thrown = t;
      throw t;
    } finally {
      call.dispatched(thrown);
    }
  }

  private Admission admit(HttpServletRequest request) {
    try {
      String path = RequestPath.of(request);
      if (path == null) {
        return Denied.because(
            Reason.MALFORMED_PATH, "This path can be read in more than one way; send it plainly.");
      }
      String method = request.getMethod();
      return engine()
          .admit(
              new ApiCall(
                  "HEAD".equals(method) ? "GET" : method,
                  path,
                  identity.credential(request, engine().keyFormat()),
                  identity.address(request)));
    } catch (RuntimeException e) {
      log.error("a call could not be decided and was refused", e);
      return Denied.because(
          Reason.METERING_UNAVAILABLE, "This call cannot be metered just now; try again.");
    }
  }

  private Monetizer engine() {
    if (monetizer == null) {
      throw new IllegalStateException("the filter was not initialized");
    }
    return monetizer;
  }
}
