// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Customers, keys and subscriptions in a file of a data directory, {@code accounts.jsonl}: the
 * store for an app that has no user table of its own, on one machine.
 *
 * <pre>{@code
 * try (AccountFile accounts = AccountFile.open(Path.of("monetize-data"))) {
 *   accounts.put(new Customer("acme", "Acme Inc."));
 *   accounts.put(Subscription.to("pro", "acme"));
 * }
 * }</pre>
 *
 * <ul>
 *   <li>All of it is in memory; reading never waits, for writers neither.
 *   <li>What {@code put} returned from is on the disk. What it threw for isn't in force; if the
 *       disk failed while syncing, it may be after a restart.
 *   <li>After a failed sync, {@code put} is refused until the file is opened anew; reading goes on.
 *   <li>A last line cut off by a crash is moved aside at the next start, with a warning. Damage
 *       anywhere else refuses the start and names the line; nothing is repaired or deleted.
 *   <li>One process at a time.
 *   <li>Interrupts are kept, and harm nothing.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class AccountFile implements CustomerStore, EndingKeys, Subscriptions, AutoCloseable {

  static final String NAME = "accounts.jsonl";

  private static final Logger LOG = LoggerFactory.getLogger(AccountFile.class);
  private static final int LEAST_LINES_TO_COMPACT = 1_000;

  private final ReentrantLock writing = new ReentrantLock();
  private final Path file;
  private final AccountLock lock;
  private final AccountTables tables = new AccountTables();
  private final AccountLog log;
  private long compactFrom = LEAST_LINES_TO_COMPACT;
  private boolean closed;

  private AccountFile(Path directory, AccountLock lock, LogFile.Opener opener) throws IOException {
    this.file = directory.resolve(NAME);
    this.lock = lock;
    this.log = AccountLog.open(file, opener, this::load);
    compactIfWorthIt();
  }

  /**
   * Opens the accounts of a data directory, or begins with none.
   *
   * @throws IllegalStateException if the file is damaged, of a newer version, or open elsewhere
   * @throws UncheckedIOException if it can't be read or made
   */
  public static AccountFile open(Path dataDirectory) {
    return open(dataDirectory, LogFile::open);
  }

  static AccountFile open(Path dataDirectory, LogFile.Opener opener) {
    try {
      Files.createDirectories(dataDirectory);
      AccountLock lock = AccountLock.take(dataDirectory);
      try {
        return new AccountFile(dataDirectory, lock, opener);
      } catch (IOException | RuntimeException e) {
        lock.release();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          dataDirectory.resolve(NAME) + " can't be opened: " + e.getMessage(), e);
    }
  }

  private void load(Entry entry) {
    tables.check(entry);
    tables.apply(entry);
  }

  /** Whether a directory's accounts hold a key: looked up without opening them. */
  static boolean holdsKeys(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      return false;
    }
    AccountTables found = new AccountTables();
    AccountRecovery.read(file, found::apply);
    return found.holdsKeys();
  }

  @Override
  public Optional<KeyOwner> find(KeyHash hash) {
    return tables.key(hash).map(key -> new KeyOwner(key.customer(), key.id(), key.validUntil()));
  }

  @Override
  public Optional<Customer> customer(String id) {
    return tables.customer(id);
  }

  /** All customers, in no order. */
  public Stream<Customer> customers() {
    return tables.customers();
  }

  /** All keys, those no longer valid among them, in no order. */
  public Stream<ApiKey> allKeys() {
    return tables.allKeys();
  }

  @Override
  public Stream<ApiKey> ending(Instant from, Instant to) {
    return tables.allKeys().filter(key -> endsWithin(from, key.validUntil(), to));
  }

  private static boolean endsWithin(Instant from, @Nullable Instant end, Instant to) {
    return end != null && !end.isBefore(from) && !end.isAfter(to);
  }

  @Override
  public Optional<ApiKey> key(String id) {
    return tables.key(id);
  }

  @Override
  public List<ApiKey> keys(String customer) {
    return tables.keysOf(customer);
  }

  @Override
  public Optional<Subscription> find(String customer) {
    return tables.subscription(customer);
  }

  @Override
  public Stream<Subscription> all() {
    return tables.subscriptions();
  }

  @Override
  public void put(Customer customer) {
    write(customer);
  }

  @Override
  public void put(ApiKey key) {
    write(key);
  }

  @Override
  public void put(Subscription subscription) {
    write(subscription);
  }

  @Override
  public boolean add(Customer customer) {
    return addEntry(customer);
  }

  @Override
  public boolean add(ApiKey key) {
    return addEntry(key);
  }

  @Override
  public boolean add(Subscription subscription) {
    return addEntry(subscription);
  }

  @Override
  public boolean replace(ApiKey present, ApiKey next) {
    return replaceEntry(present, next);
  }

  @Override
  public boolean replace(Subscription present, Subscription next) {
    return replaceEntry(present, next);
  }

  private boolean replaceEntry(Entry present, Entry next) {
    writing.lock();
    try {
      boolean same = present.equals(tables.present(next));
      if (same) {
        write(next);
      }
      return same;
    } finally {
      writing.unlock();
    }
  }

  private boolean addEntry(Entry entry) {
    writing.lock();
    try {
      boolean absent = tables.present(entry) == null;
      if (absent) {
        write(entry);
      }
      return absent;
    } finally {
      writing.unlock();
    }
  }

  private void write(Entry entry) {
    writing.lock();
    try {
      if (closed) {
        throw new IllegalStateException(file + " is closed");
      }
      tables.check(entry);
      if (!tables.holds(entry)) {
        log.append(entry);
        tables.apply(entry);
        compactIfWorthIt();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be written: " + e.getMessage(), e);
    } finally {
      writing.unlock();
    }
  }

  /**
   * When more than half of the lines say what others say anew. A failure costs nothing but space.
   */
  private void compactIfWorthIt() {
    if (log.lines() < compactFrom || log.lines() <= 2 * tables.size() + 1) {
      return;
    }
    try {
      log.rewrite(tables.all().iterator());
      compactFrom = LEAST_LINES_TO_COMPACT;
    } catch (IOException e) {
      compactFrom = 2 * log.lines();
      LOG.warn("{} could not be made smaller: {}", file, e.toString());
    }
  }

  /** Closes the file and lets others open it; what was put is on the disk already. */
  @Override
  public void close() {
    writing.lock();
    try {
      if (!closed) {
        closed = true;
        closeFiles();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be closed: " + e.getMessage(), e);
    } finally {
      writing.unlock();
    }
  }

  private void closeFiles() throws IOException {
    try {
      log.close();
    } finally {
      lock.release();
    }
  }

  @Override
  public String toString() {
    return "AccountFile[" + file + "]";
  }
}
