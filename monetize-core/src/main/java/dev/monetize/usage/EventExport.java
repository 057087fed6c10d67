// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;

/** Writes events in an {@link ExportFormat}. Not thread-safe. */
sealed interface EventExport permits CsvExport, JsonLinesExport {

  /** Writes what comes before the first event. */
  void begin() throws IOException;

  void event(RecordedEvent recorded) throws IOException;
}
