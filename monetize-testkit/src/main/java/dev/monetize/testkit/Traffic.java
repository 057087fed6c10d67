// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

/**
 * What came to a {@link FaultProxy}, whether it went on or not.
 *
 * @param connections connections that were accepted
 * @param toServer what clients sent
 * @param toClient what the server sent
 * @param turns how often a client spoke after the server had, or first: the round trips of a client
 *     that waits for each answer
 */
public record Traffic(long connections, Flow toServer, Flow toClient, long turns) {

  /** Nothing yet. */
  static final Traffic NONE = new Traffic(0, Flow.NONE, Flow.NONE, 0);

  /**
   * One way.
   *
   * @param bytes bytes
   * @param chunks pieces in which they came
   */
  public record Flow(long bytes, long chunks) {

    static final Flow NONE = new Flow(0, 0);

    Flow plus(long more) {
      return new Flow(bytes + more, chunks + 1);
    }

    Flow since(Flow earlier) {
      return new Flow(bytes - earlier.bytes, chunks - earlier.chunks);
    }
  }

  /** What came after an earlier look. */
  public Traffic since(Traffic earlier) {
    return new Traffic(
        connections - earlier.connections,
        toServer.since(earlier.toServer),
        toClient.since(earlier.toClient),
        turns - earlier.turns);
  }

  Traffic plusConnection() {
    return new Traffic(connections + 1, toServer, toClient, turns);
  }

  Traffic plus(Direction way, long bytes, boolean turn) {
    long after = turn ? turns + 1 : turns;
    return way == Direction.TO_SERVER
        ? new Traffic(connections, toServer.plus(bytes), toClient, after)
        : new Traffic(connections, toServer, toClient.plus(bytes), after);
  }
}
