package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;

class RunningDaemonTest {
    /** A context of JUnit that knows only how the test ended. */
    private static ExtensionContext after(Throwable failure) {
        return (ExtensionContext) Proxy.newProxyInstance(
                RunningDaemonTest.class.getClassLoader(),
                new Class<?>[] {ExtensionContext.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "getExecutionException" -> Optional.ofNullable(failure);
                    case "getDisplayName" -> "aTest()";
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static String printed(RunningDaemon daemon, Throwable failure) throws Exception {
        PrintStream before = System.err;
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            daemon.afterEach(after(failure));
        } finally {
            System.setErr(before);
        }
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void eachTestHasItsOwnInAFieldOfAnInstance() throws Exception {
        RunningDaemon daemon = RunningDaemon.onSimulator();
        daemon.beforeEach(after(null));
        long first = daemon.pid();
        try {
            String vm = daemon.calls().vm("kept");
            daemon.killAndStart();
            assertThat(daemon.pid()).isNotEqualTo(first);
            assertThat(daemon.calls().text("VM.get_name_label", vm)).isEqualTo("kept");
        } finally {
            daemon.afterEach(after(null));
        }
        assertThat(ProcessHandle.of(daemon.pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
        assertThat(daemon.folder()).doesNotExist();
    }

    @Test
    void noTestHasASetUpOfItsOwn() throws Exception {
        Pattern setUp = Pattern.compile("@Before(All|Each)\\s[^{]*\\{[^}]*DaemonProcess\\.start\\(");
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java")))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContainPattern(setUp));
        }
    }

    @Test
    void itRunsFromTheFirstTestToTheLastAndLeavesNothing() throws Exception {
        RunningDaemon daemon = RunningDaemon.onSimulator("--log-level", "debug");
        Calls calls = daemon.calls();
        daemon.beforeAll(after(null));
        long pid = daemon.pid();
        try {
            assertThat(calls.list("pool.get_all")).hasSize(1);
            assertThat(printed(daemon, null)).isEmpty();
            assertThat(printed(daemon, new AssertionError()))
                    .startsWith("The log of jxapid at the failure of aTest():")
                    .contains("pool.get_all");
        } finally {
            daemon.afterAll(after(null));
        }
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(daemon.folder()).doesNotExist();
    }
}
