// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import dev.monetize.Granted;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Sends a word each 20 ms as a server-sent event; a word that went out is a token. */
final class WordStream implements Runnable {

  private static final long PAUSE_MILLIS = 20;

  private final ScheduledExecutorService clock;
  private final AsyncContext context;
  private final Granted call;
  private final List<String> words;
  private int next;

  WordStream(
      ScheduledExecutorService clock, AsyncContext context, Granted call, List<String> words) {
    this.clock = clock;
    this.context = context;
    this.call = call;
    this.words = words;
  }

  @Override
  public void run() {
    try {
      if (next == words.size()) {
        context.complete();
        return;
      }
      ServletOutputStream out = context.getResponse().getOutputStream();
      out.write(("data: " + words.get(next++) + "\n\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
      call.add("tokens", 1);
      ScheduledFuture<?> unused = clock.schedule(this, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (IOException e) {
      context.complete(); // the client has left
    }
  }
}
