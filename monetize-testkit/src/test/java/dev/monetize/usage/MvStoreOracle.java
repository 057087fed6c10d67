// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;

/** A map of ids and one of totals, in an MVStore. */
final class MvStoreOracle implements UsageOracle {

  private final String file;
  private MVStore store;
  private MVMap<String, String> ids;
  private MVMap<String, Long> totals;

  MvStoreOracle(Path file) {
    this.file = file.toString();
    open();
  }

  private void open() {
    store = MVStore.open(file);
    ids = store.openMap("ids");
    totals = store.openMap("totals");
  }

  @Override
  public Answer record(ExternalUsage usage) {
    String content = UsageOracle.content(usage);
    String known = ids.putIfAbsent(UsageOracle.id(usage), content);
    if (known != null) {
      return known.equals(content) ? Answer.DUPLICATE : Answer.CONFLICT;
    }
    long hour = UsageOracle.hour(usage);
    usage
        .units()
        .forEach(
            (meter, units) ->
                totals.merge(UsageOracle.total(usage.customer(), meter, hour), units, Long::sum));
    return Answer.RECORDED;
  }

  @Override
  public boolean knows(ExternalUsage usage) {
    return ids.containsKey(UsageOracle.id(usage));
  }

  @Override
  public Set<String> accepted() {
    Set<String> all = new TreeSet<>();
    ids.forEach((id, content) -> all.add(id + "\n" + content));
    return all;
  }

  @Override
  public Map<String, Long> totals() {
    return new TreeMap<>(totals);
  }

  @Override
  public void restart() {
    close();
    open();
  }

  @Override
  public void close() {
    store.close();
  }
}
