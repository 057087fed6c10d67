// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import dev.monetize.Monetizer;
import dev.monetize.servlet.MonetizeFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** An app whose endpoints end their calls in every way that a servlet can. */
final class DispatchApp {

  /** Has a permit for each call of {@code /v1/reads} that has begun. */
  static final Semaphore READING = new Semaphore(0);

  private static final byte[] CHUNK = "data: word\n\n".repeat(100).getBytes(StandardCharsets.UTF_8);
  private static final long TIMEOUT_MILLIS = 60;
  private static final long LATER_MILLIS = 15;

  private final ScheduledExecutorService later =
      Executors.newScheduledThreadPool(2, DispatchApp::daemon);
  private final ExecutorService now = Executors.newCachedThreadPool(DispatchApp::daemon);
  private final boolean everyDispatch;

  /**
   * An app.
   *
   * @param everyDispatch whether the filter is mapped to dispatches of every type, as a web.xml may
   */
  DispatchApp(boolean everyDispatch) {
    this.everyDispatch = everyDispatch;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "app");
    thread.setDaemon(true);
    return thread;
  }

  void start(ServletContext context, Monetizer monetizer) {
    if (everyDispatch) {
      var filter = context.addFilter("metering", new MonetizeFilter(monetizer));
      filter.setAsyncSupported(true);
      filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
    } else {
      MonetizeFilter.register(context, monetizer, "/*");
    }
    App.map(context, Client.MARKER, (request, response) -> {});
    App.map(context, Container.ERROR_PAGE, (request, response) -> print(response, "error page"));
    synchronous(context);
    asynchronous(context);
    early(context);
    leaving(context);
  }

  private static void synchronous(ServletContext context) {
    App.map(context, "/v1/plain", (request, response) -> print(response, "plain"));
    App.map(
        context,
        "/v1/throws",
        (request, response) -> {
          throw new IllegalStateException("as tested");
        });
    App.map(
        context,
        "/v1/throws-servlet-exception",
        (request, response) -> {
          throw new ServletException("as tested", new IOException("as tested"));
        });
    App.map(
        context,
        "/v1/throws-with-page",
        (request, response) -> {
          throw new Container.Broken();
        });
    App.map(
        context,
        "/v1/throws-when-committed",
        (request, response) -> {
          print(response, "half");
          response.flushBuffer();
          throw new IllegalStateException("as tested");
        });
    App.map(context, "/v1/send-error", (request, response) -> response.sendError(500));
    App.map(context, "/v1/send-error-with-page", (request, response) -> response.sendError(503));
    App.map(context, "/v1/not-found", (request, response) -> response.setStatus(404));
    App.map(
        context,
        "/v1/forwards",
        (request, response) ->
            request.getRequestDispatcher("/v1/plain").forward(request, response));
    App.map(
        context,
        "/v1/includes",
        (request, response) ->
            request.getRequestDispatcher("/v1/plain").include(request, response));
    App.map(
        context,
        "/v1/interrupted",
        (request, response) -> {
          print(response, "interrupted");
          response.flushBuffer();
          Thread.currentThread().interrupt();
        });
    App.map(
        context,
        "/v1/counts",
        (request, response) -> {
          MonetizeFilter.call(request).add("tokens", 3);
          response.setHeader("X-Units", "not read");
          print(response, "counted");
        });
  }

  private void asynchronous(ServletContext context) {
    App.map(
        context,
        "/v1/completes",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          later(
              () -> {
                MonetizeFilter.call(async.getRequest()).add("tokens", 5);
                ((HttpServletResponse) async.getResponse()).setStatus(201);
                async.complete();
              });
        });
    App.map(
        context,
        "/v1/completes-wrapped",
        (request, response) -> {
          AsyncContext async =
              request.startAsync(
                  new HttpServletRequestWrapper(request), new HttpServletResponseWrapper(response));
          later(
              () -> {
                MonetizeFilter.call(async.getRequest()).add("tokens", 5);
                ((HttpServletResponse) async.getResponse()).setStatus(201);
                async.complete();
              });
        });
    App.map(
        context,
        "/v1/completes-unwrapped",
        (request, response) -> {
          AsyncContext async = container(request).startAsync();
          later(
              () -> {
                ((HttpServletResponse) async.getResponse()).setStatus(201);
                async.complete();
              });
        });
    App.map(
        context,
        "/v1/dispatches",
        (request, response) -> {
          if (request.getDispatcherType() == DispatcherType.ASYNC) {
            print(response, "dispatched");
          } else {
            AsyncContext async = request.startAsync();
            later(async::dispatch);
          }
        });
    App.map(
        context,
        "/v1/dispatches-elsewhere",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          later(() -> async.dispatch("/v1/plain"));
        });
    App.map(
        context,
        "/v1/dispatches-to-failure",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          later(() -> async.dispatch("/v1/throws"));
        });
    App.map(
        context, "/v1/starts-twice", (request, response) -> startAgain(request, response, false));
    App.map(
        context,
        "/v1/starts-twice-wrapped",
        (request, response) -> startAgain(request, response, true));
    App.map(
        context,
        "/v1/times-out",
        (request, response) -> request.startAsync().setTimeout(TIMEOUT_MILLIS));
    App.map(
        context,
        "/v1/times-out-answered",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          async.setTimeout(TIMEOUT_MILLIS);
          async.addListener(new AnsweringTimeout());
        });
    App.map(
        context,
        "/v1/sends-error-later",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          later(
              () -> {
                try {
                  ((HttpServletResponse) async.getResponse()).sendError(500);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
                async.complete();
              });
        });
    App.map(
        context,
        "/v1/throws-asynchronous",
        (request, response) -> {
          request.startAsync();
          throw new IllegalStateException("as tested");
        });
  }

  /** Completes while the filter chain is still being left: before, meanwhile or after. */
  private void early(ServletContext context) {
    App.map(
        context,
        "/v1/completes-early",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          now.execute(
              () -> {
                ((HttpServletResponse) async.getResponse()).setStatus(201);
                async.complete();
              });
        });
    App.map(
        context,
        "/v1/completes-at-once",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          response.setStatus(201);
          async.complete();
        });
    App.map(
        context,
        "/v1/dispatches-early",
        (request, response) -> {
          if (request.getDispatcherType() == DispatcherType.ASYNC) {
            response.setStatus(201);
          } else {
            now.execute(request.startAsync()::dispatch);
          }
        });
    App.map(
        context,
        "/v1/dispatches-twice-early",
        (request, response) -> {
          Object passes = request.getAttribute("passes");
          int pass = passes == null ? 1 : (int) passes + 1;
          request.setAttribute("passes", pass);
          response.setStatus(pass == 3 ? 201 : 500);
          if (pass < 3) {
            now.execute(request.startAsync()::dispatch);
          }
        });
    App.map(
        context,
        "/v1/dispatches-at-once",
        (request, response) -> {
          if (request.getDispatcherType() == DispatcherType.ASYNC) {
            response.setStatus(201);
          } else {
            request.startAsync().dispatch();
          }
        });
    App.map(
        context,
        "/v1/unwrapped-early",
        (request, response) -> {
          response.setStatus(201);
          now.execute(container(request).startAsync()::complete);
        });
  }

  /** Writes to clients that leave. */
  private void leaving(ServletContext context) {
    App.map(context, "/v1/writes", (request, response) -> writeForever(request, response));
    App.map(
        context,
        "/v1/reads",
        (request, response) -> {
          READING.release();
          request.getInputStream().readAllBytes();
          print(response, "read");
        });
    App.map(
        context,
        "/v1/streams",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          async.setTimeout(0);
          now.execute(
              () -> {
                try {
                  writeForever(async.getRequest(), (HttpServletResponse) async.getResponse());
                } catch (IOException e) {
                  // The client has left.
                } finally {
                  completeAnyway(async);
                }
              });
        });
    App.map(
        context,
        "/v1/streams-slowly",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          async.setTimeout(0);
          later(() -> writeAgain(async));
        });
    App.map(
        context,
        "/v1/streams-and-dies",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          async.setTimeout(500);
          now.execute(
              () -> {
                try {
                  writeForever(async.getRequest(), (HttpServletResponse) async.getResponse());
                } catch (IOException | RuntimeException e) {
                  // A careless app forgets to complete; the container ends the call.
                }
              });
        });
  }

  /** Writes a word now and then, for as long as the client and the container take it. */
  private void writeAgain(AsyncContext async) {
    try {
      MonetizeFilter.call(async.getRequest()).add("tokens", 1);
      async.getResponse().getOutputStream().write(CHUNK);
      async.getResponse().flushBuffer();
      later(() -> writeAgain(async));
    } catch (IOException | RuntimeException e) {
      // The client or the container is gone.
    }
  }

  /** Tomcat has ended the call already, once writing failed. */
  private static void completeAnyway(AsyncContext async) {
    try {
      async.complete();
    } catch (IllegalStateException e) {
      // It has.
    }
  }

  private static void writeForever(ServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/event-stream");
    OutputStream out = response.getOutputStream();
    while (true) {
      MonetizeFilter.call(request).add("tokens", 1);
      out.write(CHUNK);
      response.flushBuffer();
    }
  }

  private void startAgain(
      HttpServletRequest request, HttpServletResponse response, boolean wrapped) {
    Object passes = request.getAttribute("passes");
    int pass = passes == null ? 1 : (int) passes + 1;
    request.setAttribute("passes", pass);
    AsyncContext async = wrapped ? request.startAsync(request, response) : request.startAsync();
    if (pass == 3) {
      later(
          () -> {
            ((HttpServletResponse) async.getResponse()).setStatus(201);
            MonetizeFilter.call(async.getRequest()).add("tokens", 5);
            async.complete();
          });
    } else {
      later(async::dispatch);
    }
  }

  private void later(Runnable task) {
    ScheduledFuture<?> unused = later.schedule(task, LATER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static ServletRequest container(ServletRequest request) {
    ServletRequest inner = request;
    while (inner instanceof ServletRequestWrapper wrapper) {
      inner = wrapper.getRequest();
    }
    return inner;
  }

  private static void print(HttpServletResponse response, String text) throws IOException {
    response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static final class AnsweringTimeout implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onTimeout(AsyncEvent event) {
      ((HttpServletResponse) event.getAsyncContext().getResponse()).setStatus(202);
      event.getAsyncContext().complete();
    }

    @Override
    public void onError(AsyncEvent event) {}

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
