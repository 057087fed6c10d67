// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.identity.Changes;
import dev.monetize.identity.Customers;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.KeyOwner;
import java.util.Optional;

/** Keys of the store, and what an engine was told of them: by then it has acted on it. */
record Heard(RedisCustomers store, Told told) implements Customers, Changes {

  @Override
  public Optional<KeyOwner> find(KeyHash hash) {
    return store.find(hash);
  }

  @Override
  public AutoCloseable listen(Listener engine) {
    return store.listen(
        new Listener() {
          @Override
          public void changed(String customer) {
            engine.changed(customer);
            told.changed(customer);
          }

          @Override
          public void missed() {
            engine.missed();
            told.missed();
          }
        });
  }
}
