// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.usage.ExternalId;
import dev.monetize.usage.IdentityLog;
import dev.monetize.usage.JournalRecord;
import dev.monetize.usage.Recording;
import dev.monetize.usage.UsageEvent;
import java.util.HexFormat;
import java.util.Objects;
import redis.clients.jedis.exceptions.JedisException;

/** Ids of usage from elsewhere, each under a name of its own until it need not be known. */
final class RedisIdentities implements IdentityLog {

  private final JournalServer server;
  private final JournalWriter writer;
  private final String secret;

  RedisIdentities(JournalServer server, JournalWriter writer, String secret) {
    this.server = server;
    this.writer = writer;
    this.secret = secret;
  }

  @Override
  public byte[] secret() {
    return HexFormat.of().parseHex(secret);
  }

  @Override
  public Recording append(UsageEvent event) {
    ExternalId id = Objects.requireNonNull(event.external(), "external");
    byte[] record = new JournalRecord.Event(event).toBytes();
    var once = new Waiting.Condition(key(id), "i" + payload(id));
    long result = writer.append(new Waiting(record, once, true));
    if (result > 0) {
      return new Recording.Recorded(result);
    }
    if (result == Waiting.DUPLICATE) {
      return new Recording.Duplicate();
    }
    return result == Waiting.CONFLICT ? new Recording.Conflict() : new Recording.Unavailable();
  }

  @Override
  public Recording find(ExternalId id) {
    try {
      String found = server.recorded(key(id));
      if (found == null) {
        return new Recording.Refused("nothing is known of it");
      }
      return found.equals(payload(id)) ? new Recording.Duplicate() : new Recording.Conflict();
    } catch (JedisException e) {
      return new Recording.Unavailable();
    }
  }

  private String key(ExternalId id) {
    return server.names().id(hex(id.high()) + hex(id.low()));
  }

  private static String payload(ExternalId id) {
    return hex(id.payload());
  }

  private static String hex(long bits) {
    return HexFormat.of().toHexDigits(bits);
  }
}
