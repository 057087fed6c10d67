// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.usage.JsonLinesSink;
import dev.monetize.usage.UsageSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesSinkContractTest extends UsageSinkContract {

  @TempDir private Path directory;

  @Override
  protected UsageSink open() {
    return new JsonLinesSink(directory.resolve("usage.jsonl"));
  }

  @Override
  protected long counted(String customer, String meter) throws IOException {
    Pattern units = Pattern.compile("\"" + meter + "\":(\\d+)");
    long sum = 0;
    for (String line : Files.readAllLines(directory.resolve("usage.jsonl"))) {
      Matcher matcher = units.matcher(line);
      if (line.contains("\"customer\":\"" + customer + "\"") && matcher.find()) {
        sum += Long.parseLong(matcher.group(1));
      }
    }
    return sum;
  }
}
