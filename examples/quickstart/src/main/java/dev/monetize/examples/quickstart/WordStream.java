// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import dev.monetize.Granted;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Sends a word each 20 ms as a server-sent event; a word that went out is a token. Never blocks, so
 * a client that does not read holds up nobody else's stream.
 */
final class WordStream implements WriteListener {

  private static final long PAUSE_MILLIS = 20;

  private final ScheduledExecutorService clock;
  private final AsyncContext context;
  private final ServletOutputStream out;
  private final Granted call;
  private final List<String> words;
  private Step step = Step.WRITE;
  private int next;

  /** What is done as soon as the client has taken what was sent before. */
  private enum Step {
    WRITE,
    FLUSH,
    COUNT,
    PAUSE,
    END
  }

  WordStream(ScheduledExecutorService clock, AsyncContext context, Granted call, List<String> words)
      throws IOException {
    this.clock = clock;
    this.context = context;
    this.out = context.getResponse().getOutputStream();
    this.call = call;
    this.words = words;
  }

  void start() {
    out.setWriteListener(this);
  }

  @Override
  public synchronized void onWritePossible() throws IOException {
    while (step != Step.PAUSE && step != Step.END && out.isReady()) {
      step = take(step);
    }
  }

  private Step take(Step due) throws IOException {
    switch (due) {
      case WRITE -> {
        if (next == words.size()) {
          context.complete();
          return Step.END;
        }
        out.write(("data: " + words.get(next++) + "\n\n").getBytes(StandardCharsets.UTF_8));
        return Step.FLUSH;
      }
      case FLUSH -> {
        out.flush();
        return Step.COUNT;
      }
      default -> {
        call.add("tokens", 1);
        ScheduledFuture<?> unused = clock.schedule(this::goOn, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return Step.PAUSE;
      }
    }
  }

  private synchronized void goOn() {
    if (step == Step.PAUSE) {
      step = Step.WRITE;
      try {
        onWritePossible();
      } catch (IOException e) {
        onError(e);
      }
    }
  }

  /** The client has left, or did not read for too long. */
  @Override
  public synchronized void onError(Throwable failure) {
    if (step != Step.END) {
      step = Step.END;
      context.complete();
    }
  }
}
