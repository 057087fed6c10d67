// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.redis.UrlParts.Kind;
import dev.monetize.redis.UrlParts.Login;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;

/**
 * Reads a {@link RedisUrl}. No message repeats a part of it: where a character was not escaped, any
 * part may be one of the password.
 */
final class UrlReader {

  private static final Pattern URL =
      Pattern.compile("([^:/]*)://([^/?#]*)(/[^?#]*)?(\\?[^#]*)?(#.*)?", Pattern.DOTALL);
  private static final Pattern SCHEME = Pattern.compile("redis(s?)(?:[+-](sentinel|cluster))?");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+(?:%25[\\w.~-]+)?)]|([\\w.-]+))(?::(\\d{1,5}))?");
  private static final Pattern MASTER = Pattern.compile("[\\w.-]+");
  private static final Pattern DATABASE = Pattern.compile("\\d{1,9}");
  private static final Pattern TIMEOUT = Pattern.compile("(\\d{1,5})(ms|s)");
  private static final int USUAL_TIMEOUT = 50;
  private static final int MOST_PORT = 65_535;

  private final Kind kind;
  private final boolean tls;
  private final String authority;
  private final List<String> path;
  private final String fragment;
  private final UrlOptions options;

  private UrlReader(Matcher url, Matcher scheme) {
    tls = !scheme.group(1).isEmpty();
    kind =
        scheme.group(2) == null
            ? Kind.SERVER
            : Kind.valueOf(scheme.group(2).toUpperCase(Locale.ROOT));
    if (url.group().indexOf('@', url.end(2)) >= 0) {
      throw fault(
          "an @ stands behind its addresses: in user and password, / ? # @ are %2F %3F %23 %40");
    }
    authority = url.group(2);
    path = segments(text(url.group(3)));
    options = UrlOptions.of(text(url.group(4)), this::fault);
    fragment = text(url.group(5));
  }

  /**
   * What a URL says.
   *
   * @throws IllegalArgumentException if it is none, with what one looks like
   */
  static UrlParts read(String url) {
    Matcher parts = URL.matcher(url);
    Matcher scheme = SCHEME.matcher("");
    if (!parts.matches() || !scheme.reset(parts.group(1).toLowerCase(Locale.ROOT)).matches()) {
      throw new IllegalArgumentException(
          "a Redis URL is %s, %s or %s; with rediss for TLS"
              .formatted(Kind.SERVER.form(), Kind.SENTINEL.form(), Kind.CLUSTER.form()));
    }
    return new UrlReader(parts, scheme).parts();
  }

  private UrlParts parts() {
    int end = authority.lastIndexOf('@');
    List<String> rest = new ArrayList<>(path);
    String master = master(rest);
    return new UrlParts(
        kind,
        tls,
        addresses(authority.substring(end + 1)),
        master,
        database(rest),
        timeout(),
        end < 0 ? Login.NONE : login(authority.substring(0, end)),
        new Login(
            decoded(options.get("sentinel_username")), decoded(options.get("sentinel_password"))));
  }

  private Login login(String text) {
    int colon = text.indexOf(':');
    if (colon < 0 || colon == text.length() - 1) {
      throw fault("before its @ stands user:password, or :password where there is no user");
    }
    return new Login(decoded(text.substring(0, colon)), decoded(text.substring(colon + 1)));
  }

  private List<HostAndPort> addresses(String text) {
    List<String> addresses = Arrays.asList(text.split(",", -1));
    if (kind == Kind.SERVER && addresses.size() > 1) {
      throw fault(
          "it has several addresses; those of sentinels begin with redis+sentinel, those of a"
              + " cluster with redis+cluster");
    }
    List<HostAndPort> read = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      read.add(address(addresses.get(i), i + 1));
    }
    return List.copyOf(read);
  }

  private HostAndPort address(String text, int number) {
    Matcher address = ADDRESS.matcher(text);
    if (!address.matches()) {
      throw fault(
          "address %d is no name or IP address with a port behind it, an IPv6 address in [ ]"
              .formatted(number));
    }
    int port = address.group(3) == null ? kind.port : Integer.parseInt(address.group(3));
    if (port < 1 || port > MOST_PORT) {
      throw fault("the port of address %d is not from 1 to 65535".formatted(number));
    }
    String ipv6 = address.group(1);
    return new HostAndPort(ipv6 == null ? address.group(2) : ipv6.replace("%25", "%"), port);
  }

  /** Takes the name away from the path, where it stands there. */
  private String master(List<String> rest) {
    String named = fragment.isEmpty() ? options.get("sentinelMasterId") : fragment;
    if (kind != Kind.SENTINEL) {
      if (!named.isEmpty()) {
        throw fault("only redis+sentinel has the name of a master");
      }
      return "";
    }
    String master = !named.isEmpty() || rest.isEmpty() ? named : rest.remove(0);
    if (!MASTER.matcher(master).matches()) {
      throw fault("behind the addresses of sentinels stands what they call the master");
    }
    return master;
  }

  private int database(List<String> rest) {
    if (rest.isEmpty()) {
      return 0;
    }
    if (rest.size() > 1 || !DATABASE.matcher(rest.get(0)).matches()) {
      throw fault("the path ends with the number of a database, from 0");
    }
    int database = Integer.parseInt(rest.get(0));
    if (kind == Kind.CLUSTER && database != 0) {
      throw fault("a cluster has database 0 only");
    }
    return database;
  }

  private int timeout() {
    String text = options.get("timeout");
    if (text.isEmpty()) {
      return USUAL_TIMEOUT;
    }
    Matcher timeout = TIMEOUT.matcher(text);
    int amount = timeout.matches() ? Integer.parseInt(timeout.group(1)) : 0;
    if (amount < 1) {
      throw fault("its timeout is no number of milliseconds or seconds, such as 100ms or 2s");
    }
    return timeout.group(2).equals("s") ? amount * 1_000 : amount;
  }

  private String decoded(String text) {
    try {
      String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
      if (decoded.indexOf('\uFFFD') < 0) {
        return decoded;
      }
    } catch (IllegalArgumentException e) { // its message would tell a part
      throw fault("a % in user or password is no escape: it is %25 itself");
    }
    throw fault("what is escaped in user and password is not UTF-8");
  }

  private IllegalArgumentException fault(String what) {
    return new IllegalArgumentException(
        "the Redis URL is wrong: %s; expected %s".formatted(what, kind.form()));
  }

  private static List<String> segments(String path) {
    return Arrays.stream(path.split("/")).filter(segment -> !segment.isEmpty()).toList();
  }

  /** What stands behind a part's first character. */
  private static String text(@Nullable String part) {
    return part == null || part.isEmpty() ? "" : part.substring(1);
  }
}
