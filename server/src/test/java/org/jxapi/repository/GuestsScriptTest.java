package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;

/**
 * packaging/systemd/jxapi-guests, which starts guests with the host as xen-api's scripts/xapi-autostart-vms does, and stops
 * them with it.
 */
class GuestsScriptTest {
    @TempDir
    Path folder;

    @Test
    void guestsStartWithTheHostInTheirOrderAndStopInTheOther() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            String pool = calls.first("pool.get_all");
            String last = vm(calls, "last", 2, true);
            String first = vm(calls, "first", 1, true);
            String second = vm(calls, "second", 1, true);
            String other = vm(calls, "other", 0, false);
            calls.ok("VM.set_start_delay", first, 1);

            assertThat(run("start")).contains("no guest is started");
            assertThat(run("start")).contains("have been started before");
            boot();
            calls.ok("pool.add_to_other_config", pool, "auto_poweron", "true");
            String said = run("start");
            assertThat(state(calls, first)).isEqualTo("Running");
            assertThat(state(calls, second)).isEqualTo("Running");
            assertThat(state(calls, last)).isEqualTo("Running");
            assertThat(state(calls, other)).isEqualTo("Halted");
            assertThat(places(calls, said, " starts", last)).isGreaterThan(places(calls, said, " starts", first));
            assertThat(domain(calls, last)).isGreaterThan(domain(calls, first)).isGreaterThan(domain(calls, second));

            calls.ok("VM.start", other, false, false);
            calls.ok("VM.pause", other);
            said = run("stop");
            for (String vm : List.of(first, second, last, other)) {
                assertThat(state(calls, vm)).isEqualTo("Halted");
            }
            assertThat(places(calls, said, " stops", last)).isLessThan(places(calls, said, " stops", first));
            assertThat(places(calls, said, " stops", first)).isLessThan(places(calls, said, " stops", other));
            assertThat(said).contains("VM " + calls.text("VM.get_uuid", other) + " is switched off");

            assertThat(run("start")).contains("have been started before");
            assertThat(state(calls, first)).isEqualTo("Halted");
        }
    }

    @Test
    void guestsAreSuspendedAndResumedIfThatIsWanted() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(folder)) {
            Calls calls = new Calls(daemon);
            String running = vm(calls, "running", 0, false);
            calls.ok("VM.start", running, false, false);
            String before = vm(calls, "suspended before", 0, false);
            calls.ok("VM.start", before, false, false);
            calls.ok("VM.suspend", before);
            assertThat(run("stop", "GUESTS_ON_SHUTDOWN", "suspend")).doesNotContain("switched off");
            assertThat(state(calls, running)).isEqualTo("Suspended");
            boot();
            run("start");
            assertThat(state(calls, running)).isEqualTo("Running");
            assertThat(state(calls, before)).isEqualTo("Suspended");
            JsonNode config = calls.ok("VM.get_other_config", running);
            assertThat(config.has("jxapi-guests-resume")).isFalse();
        }
    }

    private static String vm(Calls calls, String name, int order, boolean auto) throws Exception {
        String vm = calls.vm(name);
        calls.ok("VM.set_order", vm, order);
        if (auto) {
            calls.ok("VM.add_to_other_config", vm, "auto_poweron", "true");
        }
        return vm;
    }

    private static String state(Calls calls, String vm) throws Exception {
        return calls.text("VM.get_power_state", vm);
    }

    private static long domain(Calls calls, String vm) throws Exception {
        return calls.ok("VM.get_domid", vm).asLong();
    }

    private static int places(Calls calls, String said, String what, String vm) throws Exception {
        int place = said.indexOf("VM " + calls.text("VM.get_uuid", vm) + what);
        assertThat(place).as("%s in %s", what, said).isNotNegative();
        return place;
    }

    /** The host has booted again: what is in /run has gone. */
    private void boot() throws Exception {
        Files.deleteIfExists(folder.resolve("jxapi-guests.boot"));
    }

    private String run(String what, String... environment) throws Exception {
        Path xe = folder.resolve("xe");
        if (!Files.exists(xe)) {
            Files.writeString(
                    xe,
                    "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                            + "' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '" + System.getProperty("java.class.path")
                            + "' org.jxapi.xe.Xe \"$@\"\n");
            assertThat(xe.toFile().setExecutable(true)).isTrue();
        }
        Path script = Path.of("..", "packaging", "systemd", "jxapi-guests").toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder(script.toString(), what).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "XE", xe.toString(),
                        "JXAPI_SOCKET", folder.resolve("sock").toString(),
                        "JXAPI_GUESTS_RUN", folder.toString(),
                        "GUESTS_TIMEOUT", "120"));
        builder.environment().remove("XE_EXTRA_ARGS");
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment().put(environment[i], environment[i + 1]);
        }
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
