// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it.readme;

import java.util.List;

/**
 * Statements of the README, put into a method that has what the README says is at hand.
 *
 * @param name the snippet's name
 * @param parameters of the method around it
 * @param result what the method returns
 */
record Snippet(String name, String parameters, String result) {

  private static final List<String> IMPORTS =
      List.of(
          "dev.monetize.*",
          "dev.monetize.identity.*",
          "dev.monetize.notice.*",
          "dev.monetize.redis.*",
          "dev.monetize.servlet.*",
          "dev.monetize.stripe.*",
          "dev.monetize.tier.*",
          "dev.monetize.usage.*",
          "io.undertow.servlet.Servlets",
          "io.undertow.servlet.api.DeploymentInfo",
          "io.undertow.servlet.util.ImmediateInstanceFactory",
          "jakarta.servlet.*",
          "jakarta.servlet.http.*",
          "java.net.URI",
          "java.nio.file.Path",
          "java.time.*",
          "java.util.*",
          "org.apache.catalina.Context",
          "org.apache.catalina.startup.Tomcat",
          "org.eclipse.jetty.ee11.servlet.ServletContextHandler",
          "org.eclipse.jetty.ee11.servlet.ServletHolder",
          "redis.clients.jedis.*");

  Snippet(String name, String parameters) {
    this(name, parameters, "null");
  }

  String className() {
    return "Snippet_" + name.replace('-', '_');
  }

  String source() {
    StringBuilder source = new StringBuilder();
    IMPORTS.forEach(each -> source.append("import ").append(each).append(";\n"));
    return source
        .append("public class " + className() + " {\n")
        .append("public static Object run(" + parameters + ") throws Exception {\n")
        .append(Readme.snippet(name))
        .append("return " + result + ";\n}\n}\n")
        .toString();
  }
}
