// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.MonetizeKeys.Mode;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No type of this package prints a key or a pepper. */
class SecretsTest {

  private static final byte[] PEPPER =
      "the pepper's own secret, 32 long".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path directory;
  private final MonetizeKeys keys = MonetizeKeys.under(Pepper.of("p1", PEPPER));
  private final IssuedKey issued = keys.generate(new SecureRandom(), Mode.LIVE);
  private List<Object> samples = List.of();
  private String secret = "";

  @BeforeEach
  void samples() {
    ApiKey key = new ApiKey("key_1", "acme", issued.hash(), "main", Instant.EPOCH, null);
    try (AccountFile accounts = AccountFile.open(directory)) {
      accounts.put(key);
      samples =
          List.of(
              issued,
              keys,
              key,
              accounts,
              issued.hash(),
              KeyDigest.of(new String(PEPPER, StandardCharsets.US_ASCII)),
              KeyOwner.of("acme", issued.hash()),
              Pepper.of("p1", PEPPER),
              new Customer("acme", ""),
              Subscription.to("pro", "acme"),
              new Subscription.Former("free", null, Map.of(), Instant.EPOCH),
              KeyFormat.existing(text -> true),
              AccountText.of(key),
              (Changes) listener -> () -> {},
              listener(),
              Mode.LIVE,
              Subscription.Status.ACTIVE);
    }
  }

  private static Changes.Listener listener() {
    return new Changes.Listener() {
      @Override
      public void changed(String customer) {}

      @Override
      public void missed() {}
    };
  }

  @Test
  void toString_ofEveryPublicType_hidesThem() throws Exception {
    Set<Class<?>> covered =
        publicTypes()
            .filter(type -> samples.stream().anyMatch(type::isInstance))
            .collect(Collectors.toSet());
    assertThat(publicTypes())
        .as("public types without a sample here")
        .containsExactlyInAnyOrderElementsOf(covered);

    List<String> before = samples.stream().map(Object::toString).toList();
    secret = issued.takeSecret();
    for (Object sample : samples) {
      assertHidden(sample.toString());
    }
    before.forEach(this::assertHidden);
  }

  private static Stream<Class<?>> publicTypes() throws Exception {
    Path classes =
        Path.of(KeyHash.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("dev/monetize/identity");
    try (Stream<Path> files = Files.list(classes)) {
      List<String> names =
          files
              .map(path -> path.getFileName().toString())
              .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
              .map(name -> "dev.monetize.identity." + name.replace(".class", ""))
              .toList();
      return names.stream()
          .<Class<?>>map(SecretsTest::type)
          .filter(SecretsTest::isPublic)
          .filter(
              type -> type != AccountText.class); // it has no instances; a text of it is a sample
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name, false, SecretsTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isPublic(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return Modifier.isPublic(type.getModifiers()) && (outer == null || isPublic(outer));
  }

  private void assertHidden(String text) {
    assertThat(text)
        .doesNotContain(secret.substring(8, 20), secret.substring(20, 32), secret.substring(32))
        .doesNotContain("secret, 32 long", HexFormat.of().formatHex(PEPPER))
        .doesNotContain(Base64.getUrlEncoder().withoutPadding().encodeToString(PEPPER));
  }

  @Test
  void message_aboutAKeyThatIsNone_doesNotRepeatIt() {
    secret = issued.takeSecret();
    assertThatThrownBy(() -> keys.hash(secret + "x")).satisfies(e -> assertHidden(e.toString()));
  }

  @Test
  void files_holdNoKey() throws Exception {
    secret = issued.takeSecret();
    assertHidden(Files.readString(directory.resolve("accounts.jsonl")));
  }
}
