// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Half a SHA-256 over length-prefixed fields. What it is made of must never change. */
final class NoticeId {

  private NoticeId() {}

  static String of(String kind, String customer, String key, String name, long second, int step) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(200);
    try (DataOutputStream fields = new DataOutputStream(bytes)) {
      fields.writeUTF(kind);
      fields.writeUTF(customer);
      fields.writeUTF(key);
      fields.writeUTF(name);
      fields.writeLong(second);
      fields.writeInt(step);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
      return "ntc_" + HexFormat.of().formatHex(hash, 0, 16);
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
