package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.XeProcess;

/** A member has a copy of its coordinator's database, and becomes the coordinator by it. */
class PoolCopyTest {
    @TempDir
    Path folder;

    private DaemonProcess start(String name, String address) throws Exception {
        Path own = folder.resolve(name);
        Files.createDirectories(own);
        String any = address + ":0";
        return DaemonProcess.start(
                own,
                "--http",
                any,
                "--https",
                any,
                "--nbd",
                "off",
                "--agent",
                any,
                "--replication",
                any,
                "--pam-service",
                "off");
    }

    /** How many groups of changes the copy of a host has, and how many there are; null while it has no copy. */
    private static long[] groups(DaemonProcess coordinator, String uuid) throws Exception {
        Matcher copy = Pattern.compile("copy: " + uuid + ", has (\\d+) of (\\d+) groups of changes")
                .matcher(XeProcess.ok(coordinator.folder(), "pool-status"));
        return copy.find() ? new long[] {Long.parseLong(copy.group(1)), Long.parseLong(copy.group(2))} : null;
    }

    /** The folder of the states of a copy. */
    private static Path states(Path copy) throws IOException {
        try (Stream<Path> all = Files.walk(copy)) {
            return all.filter(file -> file.endsWith("sm")).findFirst().orElseThrow();
        }
    }

    @Test
    void aMemberTakesOverWithAllChangesWhenItsCoordinatorIsGone() throws Exception {
        try (DaemonProcess coordinator = start("coordinator", "127.0.0.1");
                DaemonProcess member = start("member", "127.0.0.2")) {
            Calls calls = new Calls(coordinator);
            String uuid = new Calls(member).text("host.get_uuid", new Calls(member).first("host.get_all"));
            XeProcess.ok(
                    member.folder(),
                    "pool-join",
                    "master-address=127.0.0.1:" + coordinator.https().getPort(),
                    "master-username=root",
                    "master-password=" + coordinator.password());
            member.awaitReady();
            String host = calls.text("host.get_by_uuid", uuid);
            Eventually.holds(() -> assertThat(groups(coordinator, uuid)).isNotNull());
            String vm = calls.vm("kept");
            Eventually.holds(() -> assertThat(
                            calls.answer("VM.start_on", vm, host, false, false).has("error"))
                    .isFalse());
            String network = calls.ok(
                            "network.create", Map.of("name_label", "kept", "other_config", Map.of(), "managed", true))
                    .asText();
            JsonClient own = new JsonClient(member.http());
            String session = own.ok("session.slave_local_login_with_password", "root", member.password())
                    .asText();
            assertThat(own.call("pool.emergency_transition_to_master", List.of(session))
                            .at("/error/data/0")
                            .asText())
                    .isEqualTo("The coordinator of this pool answers");
            long all = groups(coordinator, uuid)[1];
            Eventually.holds(() -> assertThat(groups(coordinator, uuid)[0]).isGreaterThanOrEqualTo(all));

            String password = coordinator.password();
            coordinator.kill();
            member.kill();
            try (DaemonProcess alone = start("member", "127.0.0.2")) {
                // A copy that has just begun has a log without a state.
                Path states = states(alone.data().resolve("copy"));
                Path aside = Files.move(states, folder.resolve("states"));
                XeProcess refused = XeProcess.run(alone.folder(), "pool-emergency-transition-to-master");
                assertThat(refused.said()).contains("not complete yet");
                Files.move(aside, states);

                assertThat(XeProcess.ok(alone.folder(), "pool-emergency-transition-to-master"))
                        .contains("transition to master");
                alone.awaitReady();

                // The pool's password counts, so the file of the member is gone.
                assertThat(alone.data().resolve("root-password")).doesNotExist();
                Files.writeString(alone.data().resolve("root-password"), password);
                Calls now = new Calls(alone);
                assertThat(now.text("pool.get_master", now.first("pool.get_all")))
                        .isEqualTo(host);
                assertThat(now.text("network.get_name_label", network)).isEqualTo("kept");
                assertThat(now.text("VM.get_power_state", vm)).isEqualTo("Running");
                now.ok("VM.clean_shutdown", vm);
                assertThat(XeProcess.ok(alone.folder(), "pool-status")).contains("coordinator: " + uuid);

                // The former coordinator comes back, and must not be a second one.
                assertThatThrownBy(() -> start("coordinator", "127.0.0.1"))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("It may be the coordinator now");
            }
        }
    }
}
