// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.journaltool;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the tool was asked for.
 *
 * @param customer whose events are asked for; empty for all
 */
record Request(Command command, Path directory, Optional<String> customer) {

  enum Command {
    VERIFY,
    SHOW,
    EXPORT
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException if it is none, with what was expected
   */
  static Request of(List<String> args) {
    if (args.isEmpty() || !args.get(0).equals("journal")) {
      throw new IllegalArgumentException("expected journal" + got(args, 0));
    }
    Command command = command(args);
    int most = command == Command.EXPORT ? 4 : 3;
    if (args.size() < 3 || args.size() > most) {
      throw new IllegalArgumentException(
          "journal %s takes %s, got %d arguments"
              .formatted(args.get(1), most == 4 ? "DIR and CUSTOMER" : "DIR", args.size() - 2));
    }
    try {
      Optional<String> customer = args.size() == 4 ? Optional.of(args.get(3)) : Optional.empty();
      return new Request(command, Path.of(args.get(2)), customer);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("expected a directory, got \"" + args.get(2) + "\"", e);
    }
  }

  private static Command command(List<String> args) {
    for (Command command : Command.values()) {
      if (args.size() > 1 && args.get(1).equals(command.name().toLowerCase(Locale.ROOT))) {
        return command;
      }
    }
    throw new IllegalArgumentException("expected verify, show or export" + got(args, 1));
  }

  private static String got(List<String> args, int index) {
    return index < args.size() ? ", got \"" + args.get(index) + "\"" : ", got nothing";
  }
}
