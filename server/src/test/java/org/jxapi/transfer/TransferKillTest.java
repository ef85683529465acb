package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.DiskFiles;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.image.Image;

/**
 * The daemon is killed at random moments with uploads, downloads, copies, snapshots, imports and restores under way.
 * Afterwards each disk holds contents that it was given whole, an acknowledged import is there, a restored VM is there
 * once, and neither files nor tasks nor operations are left over.
 *
 * <p>A build kills 4 times; {@code -Djxapi.kills=N} kills N times.
 */
class TransferKillTest {
    private static final int KILLS = Integer.getInteger("jxapi.kills", 4);
    private static final long SEED = Long.getLong("jxapi.seed", System.nanoTime());
    private static final int MIB = 1 << 20;
    private static final int DISK = 6 * MIB;
    /** The bytes that fill the disk in the archive. */
    private static final byte ARCHIVED = 77;

    @TempDir
    Path folder;

    /** The possible contents of each uploaded disk, by its first byte. */
    private final Map<String, Set<Byte>> contents = new ConcurrentHashMap<>();
    /** Acknowledged imports, with the byte that fills their disk. */
    private final Map<String, Byte> imported = new ConcurrentHashMap<>();

    private final Set<String> copied = ConcurrentHashMap.newKeySet();

    private DaemonProcess daemon;
    private Path location;
    private String sr;
    private String restoredUuid;
    private byte[] archive;

    /** The work of a client, which it repeats until the daemon is killed. */
    private interface Work {
        void once(Calls calls, Random random) throws Exception;
    }

    @Test
    void eachKillLeavesWholeDisksAndNothingElse() throws Exception {
        location = folder.resolve("sr");
        Random random = new Random(SEED);
        daemon = DaemonProcess.start(folder);
        try {
            prepare(new Calls(daemon));
            for (int kill = 0; kill < KILLS; kill++) {
                workUntilKilled(random);
                daemon = DaemonProcess.start(folder);
                check(new Calls(daemon), "kill " + kill + " of seed " + SEED);
            }
            assertThat(imported).isNotEmpty();
        } finally {
            daemon.close();
        }
    }

    private void prepare(Calls calls) throws Exception {
        sr = calls.fileSr("sr", Map.of("location", location.toString()));
        for (int i = 0; i < 2; i++) {
            String vdi = calls.vdi(sr, DISK);
            contents.put(vdi, ConcurrentHashMap.newKeySet());
            upload(calls, vdi, (byte) 1);
        }
        String vm = calls.vm("restored");
        String disk = calls.vdi(sr, DISK);
        calls.ok("VBD.create", Calls.vbdRecord(vm, disk));
        contents.put(disk, ConcurrentHashMap.newKeySet());
        upload(calls, disk, ARCHIVED);
        contents.remove(disk);
        restoredUuid = calls.text("VM.get_uuid", vm);
        archive = download("/export?ref=" + vm);
    }

    private void workUntilKilled(Random random) throws Exception {
        List<Work> all = List.of(
                (calls, r) -> download("/export_raw_vdi?format=vhd&vdi=" + pick(contents.keySet(), r)),
                (calls, r) -> copied.add(calls.text("VDI.copy", pick(contents.keySet(), r), sr)),
                (calls, r) -> copied.add(calls.text("VDI.snapshot", pick(contents.keySet(), r), Map.of())),
                (calls, r) -> forget(calls, copied, r),
                (calls, r) -> upload(calls, pick(contents.keySet(), r), (byte) (1 + r.nextInt(100))),
                (calls, r) -> imported.put(put(calls, "/import?sr_id=" + sr), ARCHIVED),
                (calls, r) -> put(calls, "/import?restore=true&force=true&sr_id=" + sr));
        // Of the slow kinds, those behind the first four, each kill sees a few ended and one under way.
        CountDownLatch enough = new CountDownLatch(2 + random.nextInt(8));
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Work work = all.get(i);
            boolean slow = i >= 4;
            Random own = new Random(random.nextLong());
            Thread client = new Thread(() -> {
                try {
                    Calls calls = new Calls(daemon);
                    while (true) {
                        try {
                            work.once(calls, own);
                            if (slow) {
                                enough.countDown();
                            }
                        } catch (AssertionError refused) {
                            // Another client has the object; the next try may find it free.
                        }
                    }
                } catch (Exception killed) {
                    // As intended: what was under way then was not acknowledged.
                }
            });
            client.start();
            clients.add(client);
        }
        assertThat(enough.await(10, TimeUnit.MINUTES)).isTrue();
        daemon.kill();
        for (Thread client : clients) {
            client.join();
        }
    }

    private static String pick(Set<String> of, Random random) {
        List<String> all = List.copyOf(of);
        return all.get(random.nextInt(all.size()));
    }

    /** Destroys a copy; from before the call on it need not be there. */
    private static void forget(Calls calls, Set<String> copies, Random random) throws Exception {
        if (copies.isEmpty()) {
            calls.ok("pool.get_all");
            return;
        }
        String vdi = pick(copies, random);
        copies.remove(vdi);
        calls.outcome("VDI.destroy", vdi);
    }

    /** Fills a disk with a byte: from the first byte sent on it may hold that, from the acknowledgement on it must. */
    private void upload(Calls calls, String vdi, byte fill) throws Exception {
        byte[] body = new byte[DISK];
        Arrays.fill(body, fill);
        Set<Byte> allowed = contents.get(vdi);
        allowed.add(fill);
        String task = calls.text("task.create", "upload", "");
        send("/import_raw_vdi?vdi=" + vdi + "&task_id=" + task, body);
        JsonNode record = ended(calls, task);
        assertThat(record.path("status").asText()).as("%s", record).isEqualTo("success");
        allowed.retainAll(Set.of(fill));
    }

    /** Imports the archive; the VM's reference. */
    private String put(Calls calls, String target) throws Exception {
        String task = calls.text("task.create", "import", "");
        send(target + "&task_id=" + task, archive);
        JsonNode record = ended(calls, task);
        assertThat(record.path("status").asText()).as("%s", record).isEqualTo("success");
        String result = record.path("result").asText();
        int at = result.indexOf("OpaqueRef:");
        return result.substring(at, result.indexOf('<', at));
    }

    private void send(String target, byte[] body) throws Exception {
        try (Http http = new Http(
                daemon, "PUT", target, Http.basic("root", daemon.password()), "content-length: " + body.length)) {
            if (http.head().contains(" 200 ")) {
                http.send(body);
                http.rest();
            }
        } catch (SocketException e) {
            // A server that has seen enough ends the connection; its task says what came of it.
        }
    }

    private static JsonNode ended(Calls calls, String task) throws Exception {
        Eventually.holds(() -> assertThat(calls.text("task.get_status", task)).isNotEqualTo("pending"));
        return calls.ok("task.get_record", task);
    }

    private byte[] download(String target) throws Exception {
        try (Http http = new Http(daemon, "GET", target, Http.basic("root", daemon.password()))) {
            if (!http.head().contains(" 200 OK\r\n")) {
                throw new AssertionError(target + " is refused");
            }
            return http.rest();
        }
    }

    private void check(Calls calls, String when) throws Exception {
        Eventually.holds(() -> checkNothingIsLeft(calls, when));
        checkRestored(calls, when);
        for (Map.Entry<String, Set<Byte>> disk : contents.entrySet()) {
            byte fill = filled(calls, disk.getKey());
            assertThat(disk.getValue())
                    .as("%s: contents of %s", when, disk.getKey())
                    .contains(fill);
            disk.getValue().retainAll(Set.of(fill));
        }
        for (Map.Entry<String, Byte> vm : imported.entrySet()) {
            List<String> vbds = calls.list("VM.get_VBDs", vm.getKey());
            assertThat(vbds).as("%s: VBDs of %s", when, vm.getKey()).hasSize(1);
            String disk = calls.text("VBD.get_VDI", vbds.get(0));
            assertThat(filled(calls, disk))
                    .as("%s: disk of %s", when, vm.getKey())
                    .isEqualTo(vm.getValue());
        }
        for (String vdi : copied) {
            filled(calls, vdi);
        }
    }

    private void checkRestored(Calls calls, String when) throws Exception {
        String restored = calls.text("VM.get_by_uuid", restoredUuid);
        for (String vm : calls.list("VM.get_by_name_label", "restored")) {
            if (!vm.equals(restored)) {
                // Perhaps one that had come to its end, of which nobody has heard: its disk must be whole as well.
                imported.put(vm, ARCHIVED);
            }
        }
        String disk = calls.text("VBD.get_VDI", calls.first("VM.get_VBDs", restored));
        assertThat(filled(calls, disk)).as("%s: disk of the restored VM", when).isEqualTo(ARCHIVED);
    }

    private void checkNothingIsLeft(Calls calls, String when) throws Exception {
        Set<String> recorded = new TreeSet<>();
        for (JsonNode vdi : calls.ok("VDI.get_all_records")) {
            assertThat(vdi.path("current_operations"))
                    .as("%s: operations of a disk", when)
                    .isEmpty();
            if (vdi.path("SR").asText().equals(sr)) {
                recorded.add(vdi.path("location").asText());
            }
        }
        for (JsonNode vm : calls.ok("VM.get_all_records")) {
            assertThat(vm.path("current_operations"))
                    .as("%s: operations of a VM", when)
                    .isEmpty();
        }
        assertThat(calls.ok("SR.get_current_operations", sr)).as(when).isEmpty();
        for (JsonNode task : calls.ok("task.get_all_records")) {
            assertThat(task.path("status").asText()).as("%s: %s", when, task).isNotEqualTo("pending");
        }
        assertThat(DiskFiles.locations(location)).as("%s: files", when).isEqualTo(recorded);
    }

    /** The byte that fills a whole disk. */
    private byte filled(Calls calls, String vdi) throws Exception {
        byte[] all = new byte[DISK];
        try (Image image = DiskFiles.open(location, calls.text("VDI.get_location", vdi))) {
            assertThat(image.bytes()).isEqualTo(DISK);
            image.read(0, ByteBuffer.wrap(all));
        }
        for (byte b : all) {
            if (b != all[0]) {
                throw new AssertionError(vdi + " holds both " + all[0] + " and " + b);
            }
        }
        return all[0];
    }
}
