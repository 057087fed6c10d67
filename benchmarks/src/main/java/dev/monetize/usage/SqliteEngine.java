// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * SQLite: a table by id, written ahead with full synchronization. Its own fsyncs can't be reached
 * from Java, so each commit waits for one slow fsync, that of its write-ahead log; those of its
 * checkpoints cost nothing, in its favour.
 */
final class SqliteEngine implements Engine {

  private final Connection connection;
  private final PreparedStatement insert;

  SqliteEngine(Path directory) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("events.db"));
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA cache_size=-262144");
      statement.execute("CREATE TABLE events (id BLOB PRIMARY KEY, event BLOB) WITHOUT ROWID");
    }
    connection.setAutoCommit(false);
    insert = connection.prepareStatement("INSERT OR IGNORE INTO events VALUES (?, ?)");
  }

  @Override
  public void put(OneUsage usage) {
    try {
      insert.setBytes(1, usage.id());
      insert.setBytes(2, usage.bytes());
      insert.executeUpdate();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void commit() throws SQLException {
    connection.commit();
    SlowDisk.force();
  }

  @Override
  public long size() {
    try (Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("SELECT count(*) FROM events")) {
      return count.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  @Override
  public String toString() {
    return "SQLite";
  }
}
