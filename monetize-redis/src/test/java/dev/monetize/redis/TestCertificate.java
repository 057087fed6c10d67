// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.SslVerifyMode;

/** A certificate of {@code localhost}, signed by itself, for servers of the tests. */
final class TestCertificate {

  private static final String PASSWORD = "of-a-test";

  private final Path store;
  private final Path certificate;
  private final Path key;

  private TestCertificate(Path directory) {
    store = directory.resolve("store.p12");
    certificate = directory.resolve("certificate.pem");
    key = directory.resolve("key.pem");
  }

  static TestCertificate in(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    TestCertificate made = new TestCertificate(directory);
    made.make();
    return made;
  }

  private void make() throws IOException, InterruptedException, GeneralSecurityException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed");
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    write(certificate, "CERTIFICATE", keys.getCertificate("server").getEncoded());
    write(key, "PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
  }

  private static void write(Path file, String what, byte[] der) throws IOException {
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(what, lines.encodeToString(der), what));
  }

  /** Has a server speak nothing else, to clients without a certificate too. */
  List<String> settings(int port) {
    return List.of(
        "port 0",
        "tls-port " + port,
        "tls-cert-file " + certificate,
        "tls-key-file " + key,
        "tls-ca-cert-file " + certificate,
        "tls-auth-clients no");
  }

  /** Has a JVM trust it. */
  List<String> trustOfJvm() {
    return List.of(
        "-Djavax.net.ssl.trustStore=" + store, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
  }

  /** Trusts it. */
  SslOptions trust() {
    return SslOptions.builder()
        .truststore(store.toFile(), PASSWORD.toCharArray())
        .trustStoreType("PKCS12")
        .sslVerifyMode(SslVerifyMode.FULL)
        .build();
  }
}
