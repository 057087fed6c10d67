// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.journaltool;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What came of the tool, run from its jar by nothing but a JVM.
 *
 * @param out lines of the standard output
 * @param err the standard error
 */
record ToolProcess(int exit, List<String> out, String err) {

  static ToolProcess run(Path directory, String... arguments)
      throws IOException, InterruptedException {
    Path jar = Path.of(System.getProperty("monetize.jar"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-Dfile.encoding=US-ASCII", "-jar", jar.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).directory(directory.toFile()).start();
    process.getOutputStream().close();
    CompletableFuture<String> err =
        CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
    String out = read(process.getInputStream());
    return new ToolProcess(process.waitFor(), out.lines().toList(), err.join());
  }

  private static String read(InputStream from) {
    try {
      return new String(from.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
