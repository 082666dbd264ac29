package dev.graceful;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may use which: cli -> supervisor -> core, and adapters that do not meet. */
@AnalyzeClasses(packages = "dev.graceful", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
  private static final String CORE = "dev.graceful.core..";
  private static final String SUPERVISOR = "dev.graceful.supervisor..";
  private static final String CLI = "dev.graceful.cli..";
  private static final String CONFIG = "dev.graceful.config..";
  private static final String CONTROL = "dev.graceful.control..";
  private static final String RELEASE = "dev.graceful.release..";
  private static final String ARCHIVE = "dev.graceful.archive..";
  private static final String LISTENER = "dev.graceful.listener..";
  private static final String PROCESS = "dev.graceful.process..";
  private static final String HEALTH = "dev.graceful.health..";
  private static final String POSIX = "dev.graceful.posix..";
  private static final String WIRE = "dev.graceful.wire..";

  @ArchTest
  static final ArchRule THE_CORE_IS_PURE =
      classes()
          .that()
          .resideInAPackage(CORE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              CORE,
              "java.lang..",
              "java.util",
              "java.util.function",
              "java.util.stream",
              "org.jspecify..")
          .because("it has no I/O, no clock and no threads");

  @ArchTest
  static final ArchRule NATIVE_LIBRARIES_STAY_IN_POSIX =
      noClasses()
          .that()
          .resideOutsideOfPackage(POSIX)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jnr..")
          .because("native calls live in one place");

  @ArchTest
  static final ArchRule NOBODY_USES_THE_COMMAND_LINE =
      noClasses()
          .that()
          .resideOutsideOfPackage(CLI)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(CLI);

  @ArchTest
  static final ArchRule ONLY_THE_COMMAND_LINE_USES_THE_SUPERVISOR =
      noClasses()
          .that()
          .resideOutsideOfPackages(CLI, SUPERVISOR)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SUPERVISOR);

  @ArchTest
  static final ArchRule ADAPTERS_DO_NOT_KNOW_THE_CORE =
      noClasses()
          .that()
          .resideInAnyPackage(CONFIG, CONTROL, RELEASE, ARCHIVE, LISTENER, PROCESS, HEALTH, POSIX)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(CORE)
          .because("the loop translates");

  @ArchTest
  static final ArchRule CONFIG_IS_ALONE =
      alone(CONFIG, ARCHIVE, CONTROL, RELEASE, LISTENER, PROCESS, HEALTH, POSIX, WIRE);

  @ArchTest
  static final ArchRule CONTROL_IS_ALONE =
      alone(CONTROL, ARCHIVE, CONFIG, RELEASE, LISTENER, PROCESS, HEALTH, POSIX, WIRE);

  @ArchTest
  static final ArchRule RELEASE_IS_ALONE =
      alone(RELEASE, ARCHIVE, CONFIG, CONTROL, LISTENER, PROCESS, HEALTH, POSIX, WIRE);

  @ArchTest
  static final ArchRule ARCHIVE_IS_ALONE =
      alone(ARCHIVE, CONFIG, CONTROL, RELEASE, LISTENER, PROCESS, HEALTH, WIRE);

  @ArchTest
  static final ArchRule HEALTH_IS_ALONE =
      alone(HEALTH, ARCHIVE, CONFIG, CONTROL, RELEASE, LISTENER, PROCESS, POSIX, WIRE);

  @ArchTest
  static final ArchRule LISTENER_IS_ALONE =
      alone(LISTENER, ARCHIVE, CONFIG, CONTROL, RELEASE, PROCESS, HEALTH, POSIX);

  @ArchTest
  static final ArchRule PROCESS_IS_ALONE =
      alone(PROCESS, ARCHIVE, CONFIG, CONTROL, RELEASE, LISTENER, HEALTH);

  @ArchTest
  static final ArchRule POSIX_IS_ALONE =
      alone(POSIX, ARCHIVE, CONFIG, CONTROL, RELEASE, LISTENER, PROCESS, HEALTH);

  private static ArchRule alone(String one, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(one)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others);
  }
}
