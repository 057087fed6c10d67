// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it.readme;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Java sources, compiled into a directory. */
final class Compiled {

  private final Path classes;

  private Compiled(Path classes) {
    this.classes = classes;
  }

  /** Compiles sources, by class name. */
  static Compiled into(Path classes, Map<String, String> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    List<Source> units =
        sources.entrySet().stream()
            .map(each -> new Source(each.getKey(), each.getValue()))
            .toList();
    List<String> options =
        List.of(
            "-proc:none",
            "-d",
            classes.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    if (!compiler.getTask(messages, null, null, options, null, units).call()) {
      throw new AssertionError("does not compile:\n" + messages + "\n" + sources);
    }
    return new Compiled(classes);
  }

  /** Runs the only static method of a class, and gives what it returns. */
  Object run(String className, Object... arguments) throws Exception {
    URL[] path = {classes.toUri().toURL()};
    URLClassLoader loader = new URLClassLoader(path, Compiled.class.getClassLoader());
    Method method =
        Arrays.stream(loader.loadClass(className).getDeclaredMethods())
            .filter(each -> each.getName().equals("run"))
            .findFirst()
            .orElseThrow();
    try {
      return method.invoke(null, arguments);
    } catch (InvocationTargetException e) {
      throw new AssertionError(className + " failed", e.getCause());
    }
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String className, String text) {
      super(
          URI.create("string:///" + className.replace('.', '/') + ".java"),
          JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
