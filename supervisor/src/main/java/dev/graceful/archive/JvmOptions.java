package dev.graceful.archive;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the operator's options for the workers' JVM mean for archives. */
final class JvmOptions {
  /** Their own way with class data or class paths: then ours would be in it. */
  private static final Pattern OWN_WAY =
      Pattern.compile(
          "-Xshare.*|-XX:(Shared|[+-]AutoCreateShared|AOT|DumpLoaded|ArchiveClasses|[+-]RecordDynamic).*"
              + "|-Xbootclasspath.*|--patch-module.*|--upgrade-module-path.*|--limit-modules.*"
              + "|-cp|-classpath|--class-path.*|-Djava\\.system\\.class\\.loader=.*|@.*"
              + "|-Xverify.*|-XX:[+-]BytecodeVerification.*");

  /** Their own way with the launcher of Spring Boot. */
  private static final Pattern OWN_LAUNCH = Pattern.compile("-Dloader\\..*|-Djarmode=.*");

  /** An archive fits a JVM only if it agrees with it on these. */
  private static final Pattern DECISIVE =
      Pattern.compile(
          "-Xmx.*|-XX:(MaxHeapSize|MaxRAM|MaxRAMPercentage|ObjectAlignmentInBytes"
              + "|[+-]UseCompressedOops|[+-]UseCompressedClassPointers|[+-]UseCompactObjectHeaders"
              + "|[+-]UnlockExperimentalVMOptions)\\b.*");

  private JvmOptions() {}

  static boolean allowArchives(List<String> options) {
    return options.stream().noneMatch(option -> OWN_WAY.matcher(option).matches());
  }

  static boolean allowLayout(List<String> options) {
    return options.stream().noneMatch(option -> OWN_LAUNCH.matcher(option).matches());
  }

  /** Those with which an archive for the others is to be made. */
  static List<String> decisive(List<String> options) {
    List<String> decisive = new ArrayList<>();
    for (String option : options) {
      if (DECISIVE.matcher(option).matches()) {
        decisive.add(option);
      } else if (option.equals("-XX:+UseZGC")) {
        decisive.add("-XX:-UseCompressedOops");
      }
    }
    return decisive;
  }
}
