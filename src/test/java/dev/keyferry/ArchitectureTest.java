package dev.keyferry;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.haveNameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.keyferry.render.RenderedSecret;
import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.Payload;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;

/** The walls of the design: who may import whom, and what no package may do. */
@AnalyzeClasses(packages = "dev.keyferry", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String FABRIC8 = "io.fabric8.kubernetes..";
  private static final String JACKSON = "com.fasterxml.jackson..";
  private static final String MICROMETER = "io.micrometer..";
  private static final String LOGBACK = "ch.qos.logback..";
  private static final String JOSDK = "io.javaoperatorsdk..";
  private static final String AWS = "software.amazon.awssdk..";
  private static final Pattern CHANGES =
      Pattern.compile(
          "java\\.util\\.(concurrent\\.(atomic|locks)\\..*|concurrent\\.\\w*(Map|Queue|Deque|Set|List|Semaphore|Latch|Service)"
              + "|\\w*(ArrayList|LinkedList|HashMap|TreeMap|EnumMap|HashSet|TreeSet|BitSet))"
              + "|java\\.lang\\.StringBu.*");
  private static final Set<String> FINAL_WITH_OWN_TO_STRING =
      Set.of(Payload.class.getName(), RenderedSecret.class.getName(), CredentialMaterial.StaticKeys.class.getName());

  @ArchTest
  static final ArchRule api =
      imports("api", "com.fasterxml.jackson.annotation..", FABRIC8, "io.fabric8.generator.annotation..", "io.fabric8.crd.generator..");

  @ArchTest static final ArchRule source = importsExactly("dev.keyferry.source");

  @ArchTest static final ArchRule config = imports("config");

  /** Of fabric8 only the model (metadata, label selectors); re2j matches regular expressions from manifests in linear time. */
  @ArchTest
  static final ArchRule store = imports("store", ours("api"), ours("source"), "io.fabric8.kubernetes.api.model..", "com.google.re2j..");

  /** Jackson reads and writes the record that a target carries in an annotation. */
  @ArchTest static final ArchRule kube = imports("kube", ours("source"), FABRIC8, JACKSON);

  @ArchTest static final ArchRule sourceAws = importsExactly("dev.keyferry.source.aws", "dev.keyferry.source", AWS);

  /** Caffeine bounds the payload cache by bytes and by time. */
  @ArchTest static final ArchRule fetch = imports("fetch", ours("source"), "com.github.benmanes.caffeine..");

  /** Jackson's streaming parser keeps the text of JSON values. */
  @ArchTest static final ArchRule render = imports("render", ours("source"), JACKSON);

  @ArchTest static final ArchRule write = imports("write", ours("api"), ours("source"), ours("render"), ours("kube"), FABRIC8);

  /** Jackson reads and writes the token map that a workload carries in an annotation. */
  @ArchTest
  static final ArchRule restart = imports("restart", ours("api"), ours("source"), ours("render"), ours("kube"), FABRIC8, JACKSON);

  @ArchTest
  static final ArchRule status =
      imports("status", ours("api"), ours("source"), ours("store"), ours("fetch"), ours("render"), ours("write"), ours("restart"));

  /** Config has the one grammar of durations; fabric8 is the model of what is reconciled. */
  @ArchTest
  static final ArchRule reconcile =
      imports(
          "reconcile",
          ours("config"),
          ours("api"),
          ours("source"),
          ours("store"),
          ours("fetch"),
          ours("render"),
          ours("write"),
          ours("restart"),
          ours("status"),
          ours("kube"),
          JOSDK,
          FABRIC8);

  /** Prometheus's own model is what Micrometer's registry is made of; per-object series go there. */
  @ArchTest
  static final ArchRule observe =
      imports(
          "observe",
          ours("source"),
          ours("fetch"),
          ours("reconcile"),
          ours("restart"),
          ours("status"),
          ours("kube"),
          MICROMETER,
          LOGBACK,
          "io.prometheus.metrics..",
          JOSDK,
          FABRIC8,
          "com.sun.net.httpserver..");

  /** Of the steps' packages, observe uses the listeners and the words in them, never the steps. */
  @ArchTest
  static final ArchRule observeSeesListenersOnly =
      noClasses()
          .that()
          .resideInAPackage(ours("observe"))
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(ours("fetch"), ours("reconcile"), ours("restart"), ours("source.aws"))
                  .and(describe("are no listeners", c -> !c.getName().matches(".*Listener(\\$.*)?"))));

  /** A step's result is what status maps; that no step knows status keeps the arrow one way. */
  @ArchTest
  static final ArchRule noStepKnowsStatus =
      noClasses()
          .that()
          .resideInAnyPackage(ours("api"), ours("source"), ours("store"), ours("kube"), ours("fetch"), ours("render"), ours("write"))
          .or()
          .resideInAPackage(ours("restart"))
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ours("status"))
          .allowEmptyShould(true);

  @ArchTest static final ArchRule noCycles = slices().matching("dev.keyferry.(**)").should().beFreeOfCycles().allowEmptyShould(true);

  @ArchTest static final ArchRule awsSdkOnlyInItsAdapter = onlyIn(AWS, ours("source.aws"));

  @ArchTest
  static final ArchRule josdkOnlyAtTheEdge = onlyIn(JOSDK, ours("reconcile"), ours("observe"), ours("bootstrap"));

  @ArchTest static final ArchRule micrometerOnlyInObserve = onlyIn(MICROMETER, ours("observe"));

  @ArchTest static final ArchRule logbackOnlyInObserve = onlyIn(LOGBACK, ours("observe"));

  @ArchTest
  static final ArchRule noWallClock =
      noClasses()
          .that()
          .resideOutsideOfPackage(ours("bootstrap"))
          .should()
          .accessTargetWhere(
              describe(
                  "reads the wall clock, sleeps or takes unseeded randomness",
                  access ->
                      isMethod(access, System.class, "currentTimeMillis", "nanoTime")
                          || isMethod(access, Clock.class, "system", "systemUTC", "systemDefaultZone")
                          || isMethod(access, Clock.class, "tickSeconds", "tickMillis", "tickMinutes")
                          || isMethod(access, InstantSource.class, "system")
                          || isMethod(access, Thread.class, "sleep")
                          || isMethod(access, TimeUnit.class, "sleep")
                          || isMethod(access, Math.class, "random")
                          || isMethod(access, ThreadLocalRandom.class, "current")
                          || isNowWithoutClock(access)
                          || isUnseeded(access)));

  @ArchTest
  static final ArchRule names =
      noClasses().should(haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)(\\$.*)?"));

  @ArchTest
  static final ArchRule exitOnlyInMain =
      noClasses()
          .that(describe("are not Main", c -> !c.getName().matches("dev\\.keyferry\\.Main(\\$.*)?")))
          .should()
          .accessTargetWhere(
              describe(
                  "ends the process",
                  access -> isMethod(access, System.class, "exit") || isMethod(access, Runtime.class, "exit", "halt")));

  @ArchTest
  static final ArchRule noMutableStatics =
      fields()
          .that()
          .areStatic()
          .and(describe("are written by people", f -> !f.getModifiers().contains(JavaModifier.SYNTHETIC)))
          .should()
          .beFinal()
          .andShould(notBeMutable());

  @ArchTest
  static final ArchRule payloadHoldersAreClosed =
      classes()
          .that(describe("hold payloads", c -> FINAL_WITH_OWN_TO_STRING.contains(c.getName())))
          .should()
          .haveModifier(JavaModifier.FINAL)
          .andShould(declareToString());

  @ArchTest
  static void given_every_package_when_it_is_imported_then_it_is_null_marked(JavaClasses classes) {
    List<String> unmarked = new ArrayList<>();
    classes.stream()
        .map(JavaClass::getPackage)
        .distinct()
        .filter(p -> !p.getClasses().isEmpty() && !(p.tryGetPackageInfo().map(i -> i.isAnnotatedWith(NullMarked.class)).orElse(false)))
        .forEach(p -> unmarked.add(p.getName()));
    assertThat(unmarked).isEmpty();
  }

  /** The rules read real classes: an importer that cannot read them would let everything pass. */
  @ArchTest
  static void given_the_class_files_when_imported_then_they_are_read(JavaClasses classes) {
    assertThat(classes.get(Payload.class).getMethods()).isNotEmpty();
    assertThat(classes.get("dev.keyferry.render.Renderer").getDirectDependenciesFromSelf()).isNotEmpty();
  }

  private static ArchRule imports(String name, String... allowed) {
    return importing(ours(name), allowed);
  }

  private static ArchRule importsExactly(String onePackage, String... allowed) {
    return importing(onePackage, allowed);
  }

  private static ArchRule importing(String from, String... allowed) {
    List<String> all = new ArrayList<>(List.of("java..", "javax.crypto..", "javax.net..", "org.slf4j..", "org.jspecify..", from));
    all.addAll(Arrays.asList(allowed));
    return classes()
        .that()
        .resideInAPackage(from)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(all.toArray(String[]::new))
                .or(describe("are primitive", JavaClass::isPrimitive))
                .or(describe("are arrays of what is allowed", c -> c.isArray() && allowedElement(c, all))))
        .allowEmptyShould(true);
  }

  private static boolean allowedElement(JavaClass array, List<String> allowed) {
    JavaClass element = array.getBaseComponentType();
    return element.isPrimitive() || resideInAnyPackage(allowed.toArray(String[]::new)).test(element);
  }

  private static ArchRule onlyIn(String library, String... packages) {
    return noClasses().that().resideOutsideOfPackages(packages).should().dependOnClassesThat(resideInAPackage(library));
  }

  private static String ours(String name) {
    return "dev.keyferry." + name + "..";
  }

  /** Whether a call or a method reference goes to one of some methods. */
  private static boolean isMethod(JavaAccess<?> access, Class<?> owner, String... names) {
    return access.getTargetOwner().isEquivalentTo(owner) && Arrays.asList(names).contains(access.getTarget().getName());
  }

  /** {@code Instant.now()} and its like; {@code Instant.now(clock)} is what people should write. */
  private static boolean isNowWithoutClock(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget target
        && target.getName().equals("now")
        && target.getOwner().getPackageName().equals("java.time")
        && target.getRawParameterTypes().stream().noneMatch(type -> type.isEquivalentTo(Clock.class));
  }

  private static boolean isUnseeded(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitAccessTarget target
        && target.getName().equals("<init>")
        && target.getRawParameterTypes().isEmpty()
        && (target.getOwner().isEquivalentTo(Random.class) || target.getOwner().isEquivalentTo(Date.class));
  }

  private static ArchCondition<JavaField> notBeMutable() {
    return new ArchCondition<>("not be of a type that changes") {
      @Override
      public void check(JavaField field, ConditionEvents events) {
        if (field.getRawType().isArray() || CHANGES.matcher(field.getRawType().getName()).matches()) {
          events.add(SimpleConditionEvent.violated(field, field.getFullName() + " is of " + field.getRawType().getName()));
        }
      }
    };
  }

  private static ArchCondition<JavaClass> declareToString() {
    return new ArchCondition<>("declare toString") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (type.tryGetMethod("toString").isEmpty()) {
          events.add(SimpleConditionEvent.violated(type, type.getName() + " has no toString of its own"));
        }
      }
    };
  }
}
