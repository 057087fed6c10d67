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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A primary key over ids, and sums by a query, in SQLite. */
final class SqliteOracle implements UsageOracle {

  private final String url;
  private Connection connection;

  SqliteOracle(Path file) throws SQLException {
    url = "jdbc:sqlite:" + file;
    open();
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE ids (id TEXT PRIMARY KEY, content TEXT)");
      statement.execute("CREATE TABLE used (customer TEXT, meter TEXT, hour INT, units INT)");
    }
    connection.commit();
  }

  private void open() throws SQLException {
    connection = DriverManager.getConnection(url);
    connection.setAutoCommit(false);
  }

  @Override
  public Answer record(ExternalUsage usage) throws SQLException {
    String content = UsageOracle.content(usage);
    int inserted =
        update("INSERT OR IGNORE INTO ids VALUES (?, ?)", UsageOracle.id(usage), content);
    if (inserted == 0) {
      return content.equals(content(usage)) ? Answer.DUPLICATE : Answer.CONFLICT;
    }
    long hour = UsageOracle.hour(usage);
    for (Map.Entry<String, Long> used : usage.units().entrySet()) {
      update(
          "INSERT INTO used VALUES (?, ?, ?, ?)",
          usage.customer(),
          used.getKey(),
          hour,
          used.getValue());
    }
    return Answer.RECORDED;
  }

  @Override
  public boolean knows(ExternalUsage usage) throws SQLException {
    return content(usage) != null;
  }

  private String content(ExternalUsage usage) throws SQLException {
    try (PreparedStatement query = statement("SELECT content FROM ids WHERE id = ?", id(usage));
        ResultSet row = query.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private static String id(ExternalUsage usage) {
    return UsageOracle.id(usage);
  }

  @Override
  public Set<String> accepted() throws SQLException {
    Set<String> all = new TreeSet<>();
    try (PreparedStatement query = statement("SELECT id, content FROM ids");
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        all.add(row.getString(1) + "\n" + row.getString(2));
      }
    }
    return all;
  }

  @Override
  public Map<String, Long> totals() throws SQLException {
    Map<String, Long> all = new TreeMap<>();
    String sums =
        "SELECT customer, meter, hour, SUM(units) FROM used GROUP BY customer, meter, hour";
    try (PreparedStatement query = statement(sums);
        ResultSet row = query.executeQuery()) {
      while (row.next()) {
        all.put(
            UsageOracle.total(row.getString(1), row.getString(2), row.getLong(3)), row.getLong(4));
      }
    }
    return all;
  }

  private int update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = statement(sql, values)) {
      return statement.executeUpdate();
    }
  }

  private PreparedStatement statement(String sql, Object... values) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    return statement;
  }

  @Override
  public void restart() throws SQLException {
    close();
    open();
  }

  @Override
  public void close() throws SQLException {
    connection.commit();
    connection.close();
  }
}
