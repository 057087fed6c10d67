// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the directions in which packages may depend on each other. */
class ArchitectureTest {

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.monetize");

  @Test
  void leaves_importNoSibling() {
    onlyOurs("limit");
    onlyOurs("price");
    onlyOurs("identity");
    onlyOurs("usage");
    onlyOurs("notice", "usage", "price");
    onlyOurs("quota", "limit");
    onlyOurs("tier", "limit", "quota", "price", "usage");
  }

  private static void onlyOurs(String leaf, String... allowed) {
    String[] packages =
        Stream.concat(Stream.of(leaf), Stream.of(allowed))
            .map(name -> "dev.monetize." + name)
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage("dev.monetize." + leaf)
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.monetize..")
                .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(packages))))
        .check(CORE);
  }

  @Test
  void packages_haveNoCycle() {
    slices().matching("dev.monetize.(*)..").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void core_knowsNoAdapter() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "jakarta..", "javax.servlet..", "redis..", "com.stripe..", "org.springframework..")
        .check(CORE);
  }

  @Test
  void publicMethods_nameNoLibrary() {
    methods()
        .that()
        .arePublic()
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .should(nameNoneOf("com.fasterxml", "com.github.benmanes", "org.snakeyaml", "org.slf4j"))
        .check(CORE);
  }

  private static ArchCondition<JavaMethod> nameNoneOf(String... libraries) {
    return new ArchCondition<>("name none of " + String.join(", ", libraries)) {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        Stream.concat(method.getRawParameterTypes().stream(), Stream.of(method.getRawReturnType()))
            .filter(type -> Stream.of(libraries).anyMatch(name -> type.getName().startsWith(name)))
            .filter(type -> method.getOwner().getModifiers().contains(PUBLIC))
            .forEach(
                type ->
                    events.add(
                        SimpleConditionEvent.violated(
                            method, method.getFullName() + " names " + type.getName())));
      }
    };
  }

  @Test
  void wallClock_isReadInOnePlace() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(MonotonicClock.class.getName())
        .should()
        .callMethodWhere(
            new DescribedPredicate<>("the wall clock is read") {
              @Override
              public boolean test(com.tngtech.archunit.core.domain.JavaMethodCall call) {
                return readsClock(call.getTarget());
              }
            })
        .check(CORE);
  }

  private static boolean readsClock(AccessTarget target) {
    String owner = target.getOwner().getName();
    String name = target.getName();
    return (owner.startsWith("java.time.") && name.equals("now"))
        || (owner.equals("java.time.Clock") && name.startsWith("system"))
        || (owner.equals(InstantSource.class.getName()) && name.equals("system"))
        || (owner.equals(System.class.getName()) && name.equals("currentTimeMillis"));
  }
}
