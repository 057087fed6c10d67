// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.identity.AccountFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class AccountFileContractTest {

  @Nested
  class OfCustomers extends CustomerStoreContract {

    @TempDir private Path directory;

    @Override
    protected AccountFile open() {
      return AccountFile.open(directory);
    }
  }

  @Nested
  class OfSubscriptions extends SubscriptionsContract {

    @TempDir private Path directory;

    @Override
    protected AccountFile open() {
      return AccountFile.open(directory);
    }
  }
}
