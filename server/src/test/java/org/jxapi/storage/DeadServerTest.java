package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.HostMounts;
import org.jxapi.harness.RunningDaemon;

/**
 * A server that stops answering while its export is mounted. A FUSE file system without a server takes its part: each
 * access waits until the process of the mount ends, as with a dead NFS server.
 */
@EnabledIf("org.jxapi.harness.HostMounts#possible")
class DeadServerTest {
    private static final long MIB = 1 << 20;
    private static final Duration PROMPT = Duration.ofSeconds(30);
    private static final String SILENT = """
            import ctypes, os, sys
            fd = os.open('/dev/fuse', os.O_RDWR)
            options = 'fd=%d,rootmode=40000,user_id=0,group_id=0' % fd
            if ctypes.CDLL(None).mount(b'dead', sys.argv[1].encode(), b'fuse', 0, options.encode()) != 0:
                sys.exit(1)
            print('mounted', flush=True)
            sys.stdin.read()
            """;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.withPrograms(Map.of("mount.nfs", """
                    [ ! -e "$folder/gone" ] || exec sleep 600
                    exec mount --bind "$folder/exports/${1#*:}" "$2"
                    """), "--storage-timeout", "3");

    private static final Calls calls = daemon.calls();

    @AfterAll
    static void clean() throws IOException {
        HostMounts.unmountBelow(daemon.folder());
    }

    private static String create(String path, int port) throws Exception {
        Files.createDirectories(daemon.folder().resolve("exports").resolve(path));
        Map<String, String> config = Map.of("server", "127.0.0.1", "serverpath", "/" + path, "options", "port=" + port);
        return calls.text("SR.create", calls.first("host.get_all"), config, 0, path, "", "nfs", "user", true, Map.of());
    }

    private static Path place(String sr) throws Exception {
        return daemon.data().resolve("sr-mount").resolve(calls.text("SR.get_uuid", sr));
    }

    private static Process silence(Path place) throws IOException {
        Process process = new ProcessBuilder("python3", "-c", SILENT, place.toString()).start();
        assertThat(process.inputReader().readLine()).isEqualTo("mounted");
        return process;
    }

    @Test
    void onlyItsOwnRepositoryIsBlockedAndItComesBack() throws Exception {
        try (ServerSocket nfs = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String dead = create("dead", nfs.getLocalPort());
            String other = create("alive", nfs.getLocalPort());
            String vdi = calls.vdi(dead, MIB);
            String vm = calls.vm("on a dead server");
            calls.ok("VBD.create", Calls.vbdRecord(vm, vdi));
            Process server = silence(place(dead));
            try {
                Instant begin = Instant.now();
                List<CompletableFuture<String>> stuck =
                        List.of(ask("SR.scan", dead), ask("SR.update", dead), ask("VM.start", vm, false, false));
                calls.vdi(other, MIB);
                calls.ok("SR.scan", other);
                calls.ok("VM.set_name_description", vm, "the database is not held");
                for (CompletableFuture<String> answer : stuck) {
                    assertThat(answer.get(60, TimeUnit.SECONDS))
                            .contains(
                                    "SR_BACKEND_FAILURE_47",
                                    "the NFS server 127.0.0.1:/dead did not answer within 3 s");
                }
                assertThat(calls.error("VDI.create", Calls.vdiRecord(dead, MIB)).get(0))
                        .as("those that come later do not wait")
                        .isEqualTo("SR_BACKEND_FAILURE_47");
                assertThat(Duration.between(begin, Instant.now())).isLessThan(PROMPT);
                assertThat(calls.list("SR.get_VDIs", dead)).as("no row is lost").containsExactly(vdi);
            } finally {
                server.destroyForcibly().waitFor();
                HostMounts.must("umount", place(dead).toString());
            }
            calls.ok("SR.scan", dead);
            calls.ok("VM.start", vm, false, false);
            calls.ok("VM.hard_shutdown", vm);
        }
    }

    private static CompletableFuture<String> ask(String method, Object... params) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return calls.answer(method, params).toString();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aStartDoesNotWaitForAServerThatIsGone() throws Exception {
        try (ServerSocket nfs = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String sr = create("late", nfs.getLocalPort());
            String uuid = calls.text("SR.get_uuid", sr);
            HostMounts.must("umount", place(sr).toString());
            Path gone = Files.createFile(daemon.folder().resolve("gone"));
            daemon.killAndStart();
            String pbd = calls.first("SR.get_PBDs", calls.text("SR.get_by_uuid", uuid));
            assertThat(calls.ok("PBD.get_currently_attached", pbd).asBoolean()).isFalse();
            assertThat(calls.error("PBD.plug", pbd).get(2))
                    .contains("NFS mount error", "the NFS server 127.0.0.1:/late did not answer within 3 s");
            Files.delete(gone);
            calls.ok("PBD.plug", pbd);
            assertThat(HostMounts.mounted(daemon.data().resolve("sr-mount").resolve(uuid)))
                    .isTrue();
        }
    }
}
