// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Appends each event to a file, as one line of JSON:
 *
 * <pre>{@code
 * {"id":"<journal>:17","batch":"<journal>:file:17-19","time":"2026-11-20T19:39:53.000000001Z",
 *  "settled":"2026-11-20T19:39:53.02Z","customer":"acme","key":"key_1","tier":"pro",
 *  "endpoint":"/v1/reports/{id}","status":200,"clientGone":false,"meters":{"calls":1}}
 * }</pre>
 *
 * <p>Every event is in the file exactly once, whatever dies when: before a batch is written, its id
 * and the file's length are made durable in a file beside it ({@code <name>.position}), and a batch
 * that comes again is written at that place again. A batch is durable when {@code deliver} returns.
 *
 * <p>One file serves one sink, and nobody else writes to it. To rotate it, stop the sink or rename
 * the file between batches; the next one begins a new file.
 */
public final class JsonLinesSink implements UsageSink {

  private final JsonFactory json = new JsonFactory();
  private final Path file;
  private final BatchPosition position;

  /** A sink that writes to a file; its directory must exist. */
  public JsonLinesSink(Path file) {
    this.file = file.toAbsolutePath();
    this.position = new BatchPosition(this.file);
  }

  @Override
  public void deliver(UsageBatch batch) throws IOException {
    byte[] lines = encode(batch);
    boolean created = !Files.exists(file);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long start = position.of(batch.id(), channel.size());
      if (!holds(channel, start, lines)) {
        channel.truncate(start);
        write(channel, start, lines);
      }
      channel.force(true);
    }
    if (created) {
      DirectoryStorage.sync(BatchPosition.directory(file));
    }
  }

  private static boolean holds(FileChannel channel, long start, byte[] lines) throws IOException {
    if (channel.size() != start + lines.length) {
      return false;
    }
    ByteBuffer there = ByteBuffer.allocate(lines.length);
    int count = 0;
    while (there.hasRemaining() && count >= 0) {
      count = channel.read(there, start + there.position());
    }
    return !there.hasRemaining() && Arrays.equals(there.array(), lines);
  }

  private static void write(FileChannel channel, long start, byte[] lines) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(lines);
    while (rest.hasRemaining()) {
      channel.write(rest, start + rest.position());
    }
  }

  private byte[] encode(UsageBatch batch) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(300 * batch.recorded().size());
    try (JsonGenerator line = json.createGenerator(bytes).setRootValueSeparator(null)) {
      for (RecordedEvent recorded : batch.recorded()) {
        writeEvent(line, batch.id(), recorded);
        line.writeRaw('\n');
      }
    }
    return bytes.toByteArray();
  }

  private static void writeEvent(JsonGenerator line, String batch, RecordedEvent recorded)
      throws IOException {
    UsageEvent event = recorded.event();
    line.writeStartObject();
    line.writeStringField("id", recorded.id());
    line.writeStringField("batch", batch);
    line.writeStringField("time", event.time().toString());
    line.writeStringField("settled", event.settled().toString());
    line.writeStringField("customer", event.customer());
    line.writeStringField("key", event.key());
    line.writeStringField("tier", event.tier());
    line.writeStringField("endpoint", event.endpoint());
    line.writeNumberField("status", event.status());
    line.writeBooleanField("clientGone", event.clientGone());
    line.writeObjectFieldStart("meters");
    for (Measure measure : event.measures()) {
      line.writeNumberField(measure.meter(), measure.units());
    }
    line.writeEndObject();
    line.writeEndObject();
  }
}
