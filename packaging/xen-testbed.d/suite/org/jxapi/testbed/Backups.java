package org.jxapi.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * Backups of a disk while its guest writes to it without a pause, in the two ways of Xen Orchestra: blocks that changed, over
 * NBD, and differences from the snapshot before. Old snapshots go, as they do there, so layers are merged meanwhile.
 *
 * <p>The guest writes numbered blocks one after the other, each to the disk before the next, and begins again at the end of the
 * disk. A disk at one moment has the blocks up to a number, and behind them those of the round before.
 */
final class Backups {
    private static final long SIZE = 16 * Guests.MIB;
    private static final int BLOCK = 4096;
    private static final long SLOTS = SIZE / BLOCK;
    /** The bytes behind each bit of a bitmap of changed blocks. */
    private static final int TRACKED = 64 * 1024;
    private static final int SNAPSHOTS = 20;
    /** Snapshots that are kept while the guest runs on. */
    private static final int KEPT = 3;
    private static final int QUIET_SECONDS = 20;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> snapshots = new ArrayList<>();
    private final Path folder = Path.of("/root/backups");
    private final Path byBlocks = folder.resolve("blocks.raw");
    private final Path whole = folder.resolve("whole.raw");
    private String vm;
    private String disk;
    private String replica;
    private String network;
    private GuestConsole console;
    private long written;

    Backups(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    /** @param hvm whether the guest boots from a disc by firmware, which takes long */
    void tell(String name, String template, boolean hvm) {
        int boots = hvm ? 540 : 300;
        all.checks.scenario(name, s -> {
            s.check("a guest writes to a qcow2 disk whose changes are tracked", boots + 120, () -> {
                Files.createDirectories(folder);
                network = guests.network();
                api.call("network.add_purpose", network, "nbd");
                vm = guests.install(template, name);
                if (hvm) {
                    HvmGuest.bootsFromDisc(all, vm);
                }
                disk = guests.makeDisk("written", SIZE);
                guests.attach(vm, disk, "1");
                api.call("VDI.enable_cbt", disk);
                console = new GuestConsole(api, vm);
                api.call("VM.start", vm, false, false);
                console.await(0, "guest: ready (\\w+)", boots);
                console.type("log xvdb");
                console.await(0, "guest: logs to xvdb", 60);
                longestPause();
                Thread.sleep(QUIET_SECONDS * 1000L);
                System.out.println("      longest pause without snapshots: " + longestPause() + " ms");
            });
            s.check("its first backup is whole", () -> {
                String first = snapshot();
                export("raw", first, "", byBlocks);
                Path vhd = folder.resolve("first.vhd");
                export("vhd", first, "", vhd);
                replica = guests.makeDisk("replica", SIZE);
                restore(vhd);
                verify(first);
            });
            s.check(SNAPSHOTS + " backups of what changed are the disk, byte for byte, twice", 1800, this::backUp);
            s.check("layers are merged while it writes", () -> {
                while (!snapshots.isEmpty()) {
                    drop(snapshots.remove(0));
                }
                Checks.await("one image for the disk", 300, () -> layers() == 1);
                System.out.println("      longest pause while the rest was merged: " + longestPause() + " ms");
            });
            s.check("all that it wrote is on its disk after that", () -> {
                console.type("log-end");
                console.await(0, "guest: logged", 60);
                api.call("VM.hard_shutdown", vm);
                export("raw", disk, "", whole);
                long last = consistent(whole);
                Checks.expect(last >= written, "block " + last + " is the last, and " + written + " was on a snapshot");
                System.out.println("      blocks written: " + last);
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            if (replica != null) {
                api.call("VDI.destroy", replica);
            }
            if (network != null) {
                api.call("network.remove_purpose", network, "nbd");
            }
            Command.run("rm", "-rf", folder.toString());
            all.cleanUp(name);
        });
    }

    private void backUp() throws Exception {
        Path vhd = folder.resolve("differences.vhd");
        long worst = 0;
        double taken = 0;
        long read = 0;
        for (int i = 0; i < SNAPSHOTS; i++) {
            String before = snapshots.get(snapshots.size() - 1);
            longestPause();
            long start = System.nanoTime();
            String now = snapshot();
            taken = Math.max(taken, Checks.seconds(start));
            // The guest may pause after the call too.
            Thread.sleep(1000);
            worst = Math.max(worst, longestPause());
            read += readChanged(before, now);
            export("vhd", now, "&base=" + before, vhd);
            restore(vhd);
            verify(now);
            if (snapshots.size() > KEPT) {
                drop(snapshots.remove(0));
            }
        }
        System.out.printf(Locale.ROOT, "      longest pause with a snapshot: %d ms; longest VM.snapshot: %.1f s; read by NBD: %d KiB%n",
                worst, taken, read / 1024);
    }

    /** A snapshot of the VM; returns that of the disk. */
    private String snapshot() {
        String saved = api.text("VM.snapshot", vm, "saved");
        String taken = guests.disk(saved, "1");
        snapshots.add(taken);
        return taken;
    }

    private void drop(String snapshot) throws InterruptedException {
        String vbd = api.refs("VDI.get_VBDs", snapshot).get(0);
        guests.destroy(api.text("VBD.get_VM", vbd));
    }

    /** Copies the blocks that differ between two snapshots; returns the bytes that it read. */
    private long readChanged(String before, String now) throws Exception {
        byte[] changed = Base64.getDecoder().decode(api.text("VDI.list_changed_blocks", before, now));
        long read = 0;
        JsonNode info = api.call("VDI.get_nbd_info", now).path(0);
        try (NbdReader reader = new NbdReader(info);
                RandomAccessFile backup = new RandomAccessFile(byBlocks.toFile(), "rw")) {
            for (int block = 0; (long) block * TRACKED < SIZE; block++) {
                if ((changed[block / 8] & 0x80 >> block % 8) != 0) {
                    long offset = (long) block * TRACKED;
                    backup.seek(offset);
                    backup.write(reader.read(offset, TRACKED));
                    read += TRACKED;
                }
            }
        }
        return read;
    }

    /** Compares both backups with the snapshot, which has the disk at one moment. */
    private void verify(String snapshot) throws Exception {
        export("raw", snapshot, "", whole);
        Checks.expectEqual(-1L, Files.mismatch(whole, byBlocks), "first difference of the blocks read over NBD");
        Path restored = folder.resolve("restored.raw");
        export("raw", replica, "", restored);
        Checks.expectEqual(-1L, Files.mismatch(whole, restored), "first difference of the restored disk");
        long last = consistent(whole);
        Checks.expect(last > written, "the snapshot has nothing new since block " + written);
        written = last;
    }

    /** Checks that a disk has the guest's blocks as they were at one moment; returns the number of the last. */
    private static long consistent(Path raw) throws IOException {
        long[] numbers = new long[(int) SLOTS];
        long last = 0;
        try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "r")) {
            byte[] block = new byte[BLOCK];
            for (int slot = 0; slot < SLOTS; slot++) {
                file.readFully(block);
                numbers[slot] = block[0] == 0 ? 0 : Long.parseLong(new String(block, StandardCharsets.US_ASCII).strip());
                last = Math.max(last, numbers[slot]);
            }
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            long round = (last - 1 - slot) / SLOTS;
            long expected = slot > last - 1 ? 0 : round * SLOTS + slot + 1;
            Checks.expectEqual(expected, numbers[slot], "number in block " + slot + " of a disk whose last is " + last);
        }
        return last;
    }

    /** The longest time between two blocks since the last question, in milliseconds. */
    private long longestPause() throws Exception {
        int mark = console.mark();
        console.type("log-pause");
        return Long.parseLong(console.await(mark, "guest: paused (\\d+) ms", 60).group(1));
    }

    /** The images that hold the disk, one on the other. */
    private long layers() {
        return Command.run("qemu-img", "info", "-U", "--backing-chain", guests.file(disk).toString())
                .lines()
                .filter(line -> line.startsWith("image: "))
                .count();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + Jxapid.PORT + path + "&session_id=" + api.session());
    }

    private void export(String format, String from, String more, Path to) throws Exception {
        var answer = http.send(HttpRequest.newBuilder(uri("/export_raw_vdi?format=" + format + "&vdi=" + from + more)).build(),
                HttpResponse.BodyHandlers.ofFile(to));
        Checks.expectEqual(200, answer.statusCode(), "export of " + format);
    }

    private void restore(Path vhd) throws Exception {
        String task = api.text("task.create", "restore", "");
        http.send(HttpRequest.newBuilder(uri("/import_raw_vdi?format=vhd&vdi=" + replica + "&task_id=" + task))
                        .PUT(HttpRequest.BodyPublishers.ofFile(vhd))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
        Checks.await("the end of the restore", 120, () -> !api.text("task.get_status", task).equals("pending"));
        Checks.expectEqual("success", api.text("task.get_status", task),
                "restore, which ended with " + api.call("task.get_error_info", task));
        api.call("task.destroy", task);
    }
}
