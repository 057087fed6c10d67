// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.nio.file.Path;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.store.fs.FilePath;

/** H2's MVStore: a map by id, on files whose fsync is slow. */
final class MvStoreEngine implements Engine {

  private static final int CACHE_MB = 256;

  private final MVStore store;
  private final MVMap<byte[], byte[]> map;

  MvStoreEngine(Path directory) {
    FilePath.register(new SlowFilePath());
    store =
        new MVStore.Builder()
            .fileName(SlowFilePath.SCHEME + ":" + directory.resolve("store.mv"))
            .cacheSize(CACHE_MB)
            .autoCommitDisabled()
            .open();
    map =
        store.openMap(
            "events",
            new MVMap.Builder<byte[], byte[]>()
                .keyType(ByteArrayDataType.INSTANCE)
                .valueType(ByteArrayDataType.INSTANCE));
  }

  @Override
  public void put(OneUsage usage) {
    map.putIfAbsent(usage.id(), usage.bytes());
  }

  @Override
  public void commit() {
    store.commit();
    store.sync();
  }

  @Override
  public long size() {
    return map.sizeAsLong();
  }

  @Override
  public void close() {
    store.closeImmediately();
  }

  @Override
  public String toString() {
    return "H2 MVStore";
  }
}
