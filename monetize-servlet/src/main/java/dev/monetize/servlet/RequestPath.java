// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Reads the one path of a request that the container, the app and we agree on, or none.
 *
 * <p>It is the container's decoded servlet path and path info, if that is in normal form, and if
 * the raw request line, stripped of path parameters and decoded once, says just the same. So a
 * framework that routes by the raw line cannot be led past the endpoint that we price. Spellings
 * that need repair are refused, not repaired.
 */
final class RequestPath {

  private RequestPath() {}

  /**
   * The path, without a slash at its end (apps may or may not ignore one, so it leads to the same
   * endpoint), or null if it can be read in more than one way.
   */
  static @Nullable String of(HttpServletRequest request) {
    String path = joined(request.getServletPath(), request.getPathInfo());
    if (!isNormal(path) || !agrees(request.getRequestURI(), request.getContextPath(), path)) {
      return null;
    }
    int last = path.length() - 1;
    return last > 0 && path.charAt(last) == '/' ? path.substring(0, last) : path;
  }

  private static boolean agrees(String raw, String context, String path) {
    if (raw.length() == context.length() + path.length()
        && raw.startsWith(context)
        && raw.endsWith(path)) {
      return true;
    }
    String decodedContext = decoded(context);
    String decoded = decoded(raw);
    return decodedContext != null
        && decoded != null
        && decoded.length() == decodedContext.length() + path.length()
        && decoded.startsWith(decodedContext)
        && decoded.endsWith(path);
  }

  private static String joined(@Nullable String servletPath, @Nullable String pathInfo) {
    if (pathInfo == null || pathInfo.isEmpty()) {
      return servletPath == null || servletPath.isEmpty() ? "/" : servletPath;
    }
    return servletPath == null || servletPath.isEmpty() ? pathInfo : servletPath + pathInfo;
  }

  /**
   * Whether a decoded path begins with a slash, has no empty, {@code .} or {@code ..} segment but a
   * last empty one, and no character that some reader takes for more than itself.
   */
  static boolean isNormal(String path) {
    if (path.isEmpty() || path.charAt(0) != '/') {
      return false;
    }
    int segment = 1;
    for (int i = 1; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '/') {
        if (i == segment || isDots(path, segment, i)) {
          return false;
        }
        segment = i + 1;
      } else if (isAmbiguous(c)) {
        return false;
      }
    }
    return !isDots(path, segment, path.length());
  }

  private static boolean isDots(String path, int from, int to) {
    int length = to - from;
    return (length == 1 && path.charAt(from) == '.')
        || (length == 2 && path.charAt(from) == '.' && path.charAt(from + 1) == '.');
  }

  private static boolean isAmbiguous(char c) {
    return c < ' '
        || (c >= 0x7F && c <= 0x9F)
        || c == ';'
        || c == '\\'
        || c == '%'
        || c == '\u2028'
        || c == '\u2029'
        || c == '\uFF0F'
        || c == '\uFFFD';
  }

  /** A raw path without path parameters, percent-decoded once as UTF-8; null if it is malformed. */
  private static @Nullable String decoded(String raw) {
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    boolean parameter = false;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c > 0x7F) {
        return null;
      }
      if (c == '/') {
        parameter = false;
      } else if (c == ';') {
        parameter = true;
      }
      if (parameter) {
        continue;
      }
      if (c == '%') {
        int value = hex(raw, i + 1);
        if (value < 0 || value == '/') {
          return null;
        }
        bytes[length++] = (byte) value;
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    return utf8(ByteBuffer.wrap(bytes, 0, length));
  }

  private static @Nullable String utf8(ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static int hex(String text, int at) {
    if (at + 1 >= text.length()
        || !HexFormat.isHexDigit(text.charAt(at))
        || !HexFormat.isHexDigit(text.charAt(at + 1))) {
      return -1;
    }
    return HexFormat.fromHexDigits(text, at, at + 2);
  }
}
