package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
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
        return start(name, address, address + ":0");
    }

    private DaemonProcess start(String name, String address, String replication) throws Exception {
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
                replication,
                "--pam-service",
                "off");
    }

    /** How many groups of changes the copy of a host has, and how many there are; null while it has no copy. */
    private static long[] groups(DaemonProcess coordinator, String uuid) throws Exception {
        Matcher copy = Pattern.compile("copy: " + uuid + ", has (\\d+) of (\\d+) groups of changes")
                .matcher(XeProcess.ok(coordinator.folder(), "pool-status"));
        return copy.find() ? new long[] {Long.parseLong(copy.group(1)), Long.parseLong(copy.group(2))} : null;
    }

    /** Has a host join a pool; its reference there. */
    private static String join(DaemonProcess joins, DaemonProcess coordinator) throws Exception {
        String uuid = uuid(joins);
        ask(joins, coordinator);
        joins.awaitReady();
        return new Calls(coordinator).text("host.get_by_uuid", uuid);
    }

    private static String uuid(DaemonProcess host) throws Exception {
        Calls own = new Calls(host);
        return own.text("host.get_uuid", own.first("host.get_all"));
    }

    /** Has a host join a pool, as which it starts again soon. */
    private static void ask(DaemonProcess joins, DaemonProcess coordinator) throws Exception {
        XeProcess.ok(
                joins.folder(),
                "pool-join",
                "master-address=127.0.0.1:" + coordinator.https().getPort(),
                "master-username=root",
                "master-password=" + coordinator.password());
    }

    /** The certificates of other members that a member knows. */
    private static int known(DaemonProcess member) throws Exception {
        return new JsonMapper()
                .readTree(member.data().resolve("pool/member.json").toFile())
                .path("others")
                .size();
    }

    private static String network(Calls calls, String name) throws Exception {
        return calls.ok("network.create", Map.of("name_label", name, "other_config", Map.of(), "managed", true))
                .asText();
    }

    @Test
    void aRestoreReplacesASharedDatabaseAndKeepsItAside() throws Exception {
        try (DaemonProcess only = start("only", "127.0.0.1")) {
            Path dump = folder.resolve("dump.xml");
            Calls before = new Calls(only);
            network(before, "before");
            XeProcess.ok(only.folder(), "pool-dump-database", "file-name=" + dump);
            String later = network(before, "later");
            XeProcess.ok(only.folder(), "pool-restore-database", "file-name=" + dump, "--force");
            only.awaitReady();
            Calls after = new Calls(only);
            assertThat(after.list("network.get_by_name_label", "before")).hasSize(1);
            assertThat(after.error("network.get_uuid", later).get(0)).isEqualTo("HANDLE_INVALID");
            assertThat(only.data().resolve("pool/copy-before-restore/jxapi.mv.db"))
                    .exists();
            assertThat(only.data().resolve("copy/group.json")).exists();
        }
    }

    @Test
    void aRestoredHostHasASharedDatabaseAgain() throws Exception {
        try (DaemonProcess only = start("only", "127.0.0.1")) {
            Path file = folder.resolve("host.backup");
            Calls before = new Calls(only);
            network(before, "before");
            String uuid = "uuid=" + before.text("host.get_uuid", before.first("host.get_all"));
            XeProcess.ok(only.folder(), "host-backup", "file-name=" + file, uuid);
            String later = network(before, "later");
            XeProcess.ok(only.folder(), "host-restore", "file-name=" + file, uuid);
            only.awaitReady();
            Calls after = new Calls(only);
            assertThat(after.list("network.get_by_name_label", "before")).hasSize(1);
            assertThat(after.error("network.get_uuid", later).get(0)).isEqualTo("HANDLE_INVALID");
            assertThat(only.data().resolve("copy/group.json")).exists();
        }
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
                DaemonProcess member = start("member", "127.0.0.2");
                DaemonProcess other = start("other", "127.0.0.3", "off")) {
            Calls calls = new Calls(coordinator);
            String host = join(member, coordinator);
            String uuid = calls.text("host.get_uuid", host);
            String its = uuid(other);
            ask(other, coordinator);
            // Its agent does not listen yet, so no order has come.
            assertThat(known(other)).as("the members that it trusts").isEqualTo(2);
            other.awaitReady();
            String follower = calls.text("host.get_by_uuid", its);
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

                // The other member follows it, without an order of an administrator.
                String far = now.vm("far");
                Eventually.holds(() -> assertThat(now.answer("VM.start_on", far, follower, false, false)
                                .path("error")
                                .toString())
                        .isEmpty());
                assertThat(now.list("pool.recover_slaves")).containsExactly(follower);
                assertThat(new JsonClient(other.http())
                                .call("session.login_with_password", List.of("root", password, "1.0", "test"))
                                .at("/error/data/0")
                                .asText())
                        .isEqualTo("127.0.0.2");
                assertThat(XeProcess.ok(other.folder(), "host-list", "--minimal")
                                .split(","))
                        .hasSize(3);

                // The former coordinator comes back, and must not be a second one.
                assertThatThrownBy(() -> start("coordinator", "127.0.0.1"))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("It may be the coordinator now");
            }
        }
    }
}
