package dev.graceful;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What of us lives where in a worker, and what it may use there. */
@AnalyzeClasses(packages = "dev.graceful", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
  @ArchTest
  static final ArchRule THE_API_NEEDS_NOTHING =
      classes()
          .that()
          .resideInAPackage("dev.graceful.worker..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.graceful.worker..",
              "java..",
              "javax..",
              "com.sun.net.httpserver..",
              "org.jspecify..")
          .because("applications compile it in");

  @ArchTest
  static final ArchRule THE_AGENT_NEEDS_NOTHING =
      classes()
          .that()
          .resideInAPackage("dev.graceful.agent")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.graceful.agent", "java..", "org.jspecify..")
          .because("it lives in the application's class loader");

  @ArchTest
  static final ArchRule THE_RUNTIME_KNOWS_NEITHER =
      noClasses()
          .that()
          .resideInAnyPackage("dev.graceful.agent.runtime..", "dev.graceful.wire..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.graceful.worker..", "dev.graceful.agent")
          .because("it lives in a class loader of its own");

  @ArchTest
  static final ArchRule THE_WIRE_KNOWS_NO_AGENT =
      noClasses()
          .that()
          .resideInAPackage("dev.graceful.wire..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.graceful.agent..");

  @ArchTest
  static final ArchRule SYSTEM_CALLS_LIVE_IN_ONE_PLACE =
      noClasses()
          .that()
          .haveNameNotMatching("dev\\.graceful\\.wire\\.LibC(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.kenai.jffi..");

  @ArchTest
  static final ArchRule BYTECODE_IS_MADE_IN_TWO_PLACES =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.graceful.agent.runtime.weave..", "dev.graceful.agent.runtime.netty..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.objectweb.asm..");

  @ArchTest
  static final ArchRule FRAMING_KNOWS_BYTES_ONLY =
      classes()
          .that()
          .resideInAPackage("dev.graceful.agent.runtime.framing..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.graceful.agent.runtime.framing..", "java..", "org.jspecify..");
}
