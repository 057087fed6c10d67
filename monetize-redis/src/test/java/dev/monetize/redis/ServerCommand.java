// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.UnifiedJedis;

/** Commands to a server for which a client has no method. */
final class ServerCommand {

  private ServerCommand() {}

  static Object run(UnifiedJedis redis, Protocol.Command command, String... arguments) {
    CommandArguments all = new CommandArguments(command);
    for (String argument : arguments) {
      all.add(argument);
    }
    return redis.executeCommand(all);
  }
}
