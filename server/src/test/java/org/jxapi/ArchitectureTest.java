package org.jxapi;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.Processes;

/** The arrows between packages, as docs/architecture.md shows them. */
class ArchitectureTest {
    private static final String ROOT = "org.jxapi.";

    /** Packages of other modules that every package of the server may use. */
    private static final Set<String> BELOW = Set.of("datamodel", "xenapi", "hypervisor", "hypervisor.simulator");

    /**
     * The packages that each package may use, the lowest first. A use that is not listed here reverses an arrow or adds
     * one: think before you add it.
     */
    static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("store", Set.of()),
            Map.entry("xml", Set.of()),
            Map.entry("raft", Set.of("store")),
            Map.entry("local", Set.of("store")),
            Map.entry("agent", Set.of("image", "store", "volume")),
            Map.entry("audit", Set.of("dispatch", "http", "session", "store", "transfer")),
            Map.entry("query", Set.of("store")),
            Map.entry("session", Set.of("directory", "dispatch", "local", "pam", "query", "store")),
            Map.entry("task", Set.of("dispatch", "local", "session", "store")),
            Map.entry("dispatch", Set.of("query", "session", "store", "task")),
            Map.entry("event", Set.of("dispatch", "local", "store")),
            Map.entry("operation", Set.of("dispatch", "store")),
            Map.entry("rpc", Set.of("dispatch", "xml")),
            Map.entry("certificate", Set.of("dispatch", "local", "message", "operation", "store")),
            Map.entry("http", Set.of("certificate", "dispatch", "rpc", "session", "store")),
            Map.entry("blob", Set.of("dispatch", "store")),
            Map.entry("message", Set.of("dispatch", "query", "store")),
            Map.entry("mail", Set.of("local", "store")),
            Map.entry("measure", Set.of("xml")),
            Map.entry("datasource", Set.of("local", "measure", "store")),
            Map.entry("archive", Set.of("datasource", "local", "measure", "store")),
            Map.entry("perfmon", Set.of("host", "measure", "message", "store", "xml")),
            Map.entry("image", Set.of()),
            Map.entry("network", Set.of("blob", "dispatch", "local", "message", "program", "store")),
            Map.entry("program", Set.of()),
            Map.entry("iscsi", Set.of("program")),
            Map.entry("pam", Set.of()),
            Map.entry("directory", Set.of("pam", "program")),
            Map.entry("volume", Set.of("image", "iscsi", "program", "store")),
            Map.entry("smapi", Set.of("image", "program", "store", "volume")),
            Map.entry(
                    "storage",
                    Set.of(
                            "blob",
                            "dispatch",
                            "image",
                            "local",
                            "measure",
                            "message",
                            "operation",
                            "store",
                            "task",
                            "volume")),
            Map.entry(
                    "host",
                    Set.of(
                            "blob",
                            "certificate",
                            "dispatch",
                            "local",
                            "measure",
                            "operation",
                            "program",
                            "rpc",
                            "session",
                            "store")),
            Map.entry(
                    "pool",
                    Set.of(
                            "blob",
                            "certificate",
                            "dispatch",
                            "host",
                            "local",
                            "network",
                            "operation",
                            "session",
                            "store")),
            Map.entry(
                    "member",
                    Set.of(
                            "agent",
                            "backup",
                            "certificate",
                            "cli",
                            "dispatch",
                            "host",
                            "http",
                            "local",
                            "network",
                            "operation",
                            "pool",
                            "raft",
                            "remote",
                            "session",
                            "store",
                            "transfer")),
            Map.entry("domain", Set.of("dispatch", "local", "storage", "store", "volume")),
            Map.entry("guest", Set.of("domain", "local", "store")),
            Map.entry("memory", Set.of("domain", "host", "local", "store")),
            Map.entry(
                    "vm",
                    Set.of(
                            "blob",
                            "dispatch",
                            "domain",
                            "guest",
                            "host",
                            "local",
                            "measure",
                            "memory",
                            "message",
                            "operation",
                            "query",
                            "storage",
                            "store")),
            Map.entry("schedule", Set.of("dispatch", "host", "message", "storage", "store", "vm")),
            Map.entry(
                    "reconcile",
                    Set.of("dispatch", "domain", "guest", "local", "memory", "operation", "storage", "store", "vm")),
            Map.entry("vbd", Set.of("dispatch", "domain", "local", "operation", "storage", "store")),
            Map.entry("usb", Set.of("dispatch", "domain", "local", "operation", "store")),
            Map.entry("gpu", Set.of("dispatch", "domain", "host", "local", "store")),
            Map.entry("vif", Set.of("dispatch", "domain", "guest", "local", "network", "operation", "store")),
            Map.entry(
                    "nbd",
                    Set.of("certificate", "dispatch", "http", "image", "local", "session", "storage", "store", "task")),
            Map.entry("console", Set.of("http", "local", "session", "store", "task")),
            Map.entry(
                    "transfer",
                    Set.of(
                            "archive",
                            "blob",
                            "cloud",
                            "dispatch",
                            "http",
                            "image",
                            "local",
                            "measure",
                            "message",
                            "operation",
                            "rpc",
                            "storage",
                            "store",
                            "task",
                            "vm",
                            "xml")),
            Map.entry(
                    "ova",
                    Set.of("cloud", "dispatch", "http", "operation", "storage", "store", "transfer", "vm", "xml")),
            Map.entry("neighbour.syntax", Set.of()),
            Map.entry("neighbour.guest", Set.of("domain", "neighbour.syntax")),
            Map.entry(
                    "neighbour",
                    Set.of(
                            "dispatch",
                            "domain",
                            "http",
                            "image",
                            "local",
                            "neighbour.guest",
                            "neighbour.syntax",
                            "session",
                            "storage",
                            "store",
                            "transfer")),
            Map.entry("backup", Set.of("dispatch", "host", "local", "query", "store", "transfer", "xml")),
            Map.entry(
                    "diagnosis", Set.of("backup", "dispatch", "host", "http", "local", "program", "store", "transfer")),
            Map.entry("recovery", Set.of("dispatch", "local", "rpc", "session", "storage", "store")),
            Map.entry("cli", Set.of("cli.command", "cli.record", "cli.thin", "dispatch", "http", "store")),
            Map.entry("cli.thin", Set.of()),
            Map.entry("cli.record", Set.of("cli.thin", "dispatch", "domain", "store")),
            Map.entry("cloud", Set.of()),
            Map.entry("cli.command", Set.of("cli.record", "cli.thin", "cloud")),
            Map.entry("prometheus", Set.of("dispatch", "http", "local", "measure", "store")),
            Map.entry(
                    "simulator",
                    Set.of(
                            "boot",
                            "dispatch",
                            "domain",
                            "guest",
                            "http",
                            "image",
                            "local",
                            "network",
                            "storage",
                            "store",
                            "vm",
                            "volume")),
            Map.entry("boot", Set.of("gpu", "host", "local", "store")),
            Map.entry("remote", Set.of("agent", "boot", "certificate", "console", "gpu", "host", "network", "usb")));

    /** It puts everything together. */
    static final String TOP = "daemon";

    /**
     * These know each other, through the interface {@code dispatch.Call} that a message's code receives: a call has a
     * session and a task, and the messages of sessions and tasks are code that receives calls.
     */
    static final Set<String> A_CALL = Set.of("dispatch", "session", "task");

    private static final JavaClasses SERVER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.jxapi");

    @Test
    void packagesUseWhatTheyMayUse() {
        Map<String, Set<String>> unexpected = new TreeMap<>();
        for (JavaClass from : SERVER) {
            String source = name(from);
            if (source.equals(TOP) || module(source)) {
                continue;
            }
            assertThat(ARROWS).as("the package of %s", from.getName()).containsKey(source);
            for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                String target = name(dependency.getTargetClass());
                if (target != null
                        && !target.equals(source)
                        && !BELOW.contains(target)
                        && !ARROWS.get(source).contains(target)) {
                    unexpected
                            .computeIfAbsent(source + " -> " + target, a -> new TreeSet<>())
                            .add(dependency.getDescription());
                }
            }
        }
        assertThat(unexpected).isEmpty();
    }

    @Test
    void noPackagesUseEachOther() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                        String name = name(javaClass);
                        if (name == null || module(name)) {
                            return SliceIdentifier.ignore();
                        }
                        return SliceIdentifier.of(A_CALL.contains(name) ? "call" : name);
                    }

                    @Override
                    public String getDescription() {
                        return "packages of the server";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(SERVER);
    }

    @Test
    void filesThatTheArchitectureNamesExist() throws IOException {
        Path sources = Path.of("src", "main", "java", "org", "jxapi");
        String text = Files.readString(Path.of("..", "docs", "architecture.md"));
        List<String> named = Pattern.compile("`([a-z]+(?:/[a-z]+)*/[A-Z][A-Za-z0-9]*)(?:\\.[a-z]\\w*)?`")
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(named)
                .hasSizeGreaterThan(20)
                .allSatisfy(name -> assertThat(sources.resolve(name + ".java")).exists());
    }

    @Test
    void noPackageIsALumberRoom() {
        noClasses()
                .should()
                .resideInAnyPackage(
                        List.of("util", "utils", "helper", "helpers", "manager", "impl", "common", "misc").stream()
                                .map(word -> ".." + word + "..")
                                .toArray(String[]::new))
                .check(SERVER);
    }

    @Test
    void programsAreStartedInOnePlace() {
        noClasses()
                .that()
                .resideInAnyPackage("org.jxapi..")
                .and()
                .doNotHaveFullyQualifiedName(Processes.class.getName())
                .and()
                .resideOutsideOfPackages("org.jxapi.xe..", "org.jxapi.junit..")
                .should()
                .callMethod(ProcessBuilder.class, "start")
                .orShould()
                .callMethod(ProcessBuilder.class, "startPipeline", List.class)
                .orShould()
                .callMethod(Runtime.class, "exec", String.class)
                .orShould()
                .callMethod(Runtime.class, "exec", String[].class)
                .check(SERVER);
    }

    @Test
    void theHypervisorKnowsNothingOfTheXenApi() {
        noClasses()
                .that()
                .resideInAPackage("org.jxapi.hypervisor..")
                .should()
                .dependOnClassesThat(
                        new com.tngtech.archunit.base.DescribedPredicate<JavaClass>("of jxapi's other packages") {
                            @Override
                            public boolean test(JavaClass target) {
                                String name = name(target);
                                return name != null && !name.equals("hypervisor") && !name.startsWith("hypervisor.");
                            }
                        })
                .check(SERVER);
    }

    @Test
    void aServiceIsNamedAfterItsClass() {
        classes()
                .that()
                .doNotHaveModifier(JavaModifier.ABSTRACT)
                .should(new ArchCondition<JavaClass>("be named after the class whose messages they answer") {
                    @Override
                    public void check(JavaClass service, ConditionEvents events) {
                        service.getAllRawInterfaces().stream()
                                .filter(i -> i.getPackageName().equals("org.jxapi.xenapi"))
                                .map(JavaClass::getSimpleName)
                                .filter(i -> i.endsWith("Messages"))
                                .map(i -> i.substring(0, i.length() - "Messages".length()) + "Service")
                                .filter(expected -> !expected.equalsIgnoreCase(service.getSimpleName()))
                                .forEach(expected -> events.add(SimpleConditionEvent.violated(
                                        service, service.getName() + " is not called " + expected)));
                    }
                })
                .check(SERVER);
    }

    /** The package without {@code org.jxapi.}; null for what is not of jxapi. */
    private static String name(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()) : null;
    }

    private static boolean module(String name) {
        return name.equals("datamodel")
                || name.equals("xenapi")
                || name.equals("hypervisor")
                || name.startsWith("hypervisor.")
                || name.equals("xe")
                || name.equals("junit")
                || name.startsWith("datamodel.");
    }
}
