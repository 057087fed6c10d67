// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One thread that commits for all who wait: what an engine without group commit needs beside it.
 */
final class GroupCommit extends Thread implements WaitingLoad.Waiting, AutoCloseable {

  private final LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final Instant time;
  private final Engine engine;

  private record Request(OneUsage usage, CountDownLatch done) {}

  GroupCommit(Engine engine, Instant time) {
    this.engine = engine;
    this.time = time;
    setDaemon(true);
    start();
  }

  @Override
  public void put(int number) throws InterruptedException {
    Request request = new Request(new OneUsage(number, time), new CountDownLatch(1));
    requests.add(request);
    request.done().await();
  }

  @Override
  public void run() {
    try {
      List<Request> batch = new ArrayList<>();
      while (true) {
        batch.add(requests.take());
        requests.drainTo(batch);
        batch.forEach(request -> engine.put(request.usage()));
        engine.commit();
        batch.forEach(request -> request.done().countDown());
        batch.clear();
      }
    } catch (InterruptedException e) {
      // Closed.
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws Exception {
    interrupt();
    join();
    engine.close();
  }
}
