package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.jxapi.harness.Uploads.MIB;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Http;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;
import org.jxapi.image.QemuImg;

/**
 * Differences between disks on their way out and back, in the calls of Xen Orchestra's delta backups and replication
 * without changed block tracking: exportContent and importContent of its @xen-orchestra/xapi/vdi.mjs, and
 * importIncrementalVm of its @xen-orchestra/backups/_incrementalVm.mjs.
 */
class DeltaBackupTest {
    /** The last block of a VHD is not whole. */
    private static final int SIZE = 7 * MIB;

    private static final Random random = new Random(16);

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @RegisterExtension
    static final LoopMounts mounts = new LoopMounts();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static final Map<Storage, String> repositories = new EnumMap<>(Storage.class);
    private static final Map<Storage, History> histories = new EnumMap<>(Storage.class);

    /** The ways in which disks share their contents with snapshots. */
    enum Storage {
        COPIES("raw"),
        LAYERS("qcow2"),
        SHARED_BLOCKS("raw");

        private final String format;

        Storage(String format) {
            this.format = format;
        }

        String sr() throws Exception {
            String known = repositories.get(this);
            if (known != null) {
                return known;
            }
            Path at = folder.resolve(name());
            if (this == SHARED_BLOCKS) {
                assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
                at = mounts.make(LoopMounts.Format.XFS).resolve("disks");
            }
            String sr = calls.fileSr(name(), Map.of("location", at.toString(), "preferred-image-formats", format));
            repositories.put(this, sr);
            return sr;
        }
    }

    private static void succeeds(JsonNode task) {
        assertThat(task.get("status").asText()).as(task.toString()).isEqualTo("success");
    }

    private static byte[] raw(String vdi) throws Exception {
        return uploads.get("/export_raw_vdi?vdi=" + vdi);
    }

    private static byte[] export(String format, String vdi, String base) throws Exception {
        return uploads.get("/export_raw_vdi?format=" + format + "&vdi=" + vdi + "&base=" + base);
    }

    private static void put(String format, String vdi, byte[] content) throws Exception {
        succeeds(uploads.put("/import_raw_vdi?format=" + format + "&vdi=" + vdi, content));
    }

    /** Writes a part of a disk, as a guest would. */
    private static void write(String vdi, byte[] contents, int at, byte[] data) throws Exception {
        ByteBuffer chunks = ByteBuffer.allocate(12 + data.length + 12).order(ByteOrder.LITTLE_ENDIAN);
        chunks.putLong(at).putInt(data.length).put(data);
        succeeds(uploads.put("/import_raw_vdi?chunked=true&vdi=" + vdi, chunks.array()));
        System.arraycopy(data, 0, contents, at, data.length);
    }

    private static byte[] data(int length) {
        byte[] data = new byte[length];
        random.nextBytes(data);
        return data;
    }

    /** A disk with three snapshots, between which much happened to it. */
    private record History(String disk, List<String> snapshots, List<byte[]> contents) {
        static History on(Storage storage) throws Exception {
            History known = histories.get(storage);
            History history = known == null ? make(storage) : known;
            histories.put(storage, history);
            return history;
        }

        private static History make(Storage storage) throws Exception {
            String disk = calls.vdi(storage.sr(), SIZE);
            byte[] contents = new byte[SIZE];
            write(disk, contents, 0, data(3 * MIB + 7000));
            write(disk, contents, 4 * MIB, data(MIB / 2));
            String first = calls.text("VDI.snapshot", disk);
            byte[] one = contents.clone();
            // A block of the VHD becomes zeros, one changes in its middle, and one is written as it is.
            write(disk, contents, 0, new byte[2 * MIB]);
            write(disk, contents, 2 * MIB + 70_000, data(100));
            write(disk, contents, 4 * MIB, Arrays.copyOfRange(contents, 4 * MIB, 4 * MIB + 100_000));
            String second = calls.text("VDI.snapshot", disk);
            byte[] two = contents.clone();
            calls.ok("VDI.resize", disk, 11L * MIB);
            contents = Arrays.copyOf(contents, 11 * MIB);
            write(disk, contents, 6 * MIB + 5000, data(MIB));
            write(disk, contents, 11 * MIB - 600, data(600));
            String third = calls.text("VDI.snapshot", disk);
            return new History(disk, List.of(first, second, third), List.of(one, two, contents));
        }

        String snapshot(int index) {
            return snapshots.get(index);
        }

        byte[] contents(int index) {
            return contents.get(index);
        }
    }

    /** ocaml/libs/vhd/vhd_format/f.ml, vhd_common: whole blocks, and a header that names the parent. */
    @ParameterizedTest
    @EnumSource(Storage.class)
    void aVhdOfDifferencesHasTheBlocksThatDifferAndNamesItsParent(Storage storage) throws Exception {
        History history = History.on(storage);
        VhdFile full = VhdFile.parse(uploads.get("/export_raw_vdi?format=vhd&vdi=" + history.snapshot(0)));
        assertThat(full.contents()).isEqualTo(history.contents(0));
        assertThat(full.type()).isEqualTo(3);
        String uuid = calls.text("VDI.get_uuid", history.snapshot(0));
        VhdFile second = VhdFile.parse(export("vhd", history.snapshot(1), uuid));
        assertThat(second.type()).isEqualTo(4);
        assertThat(second.bytes()).isEqualTo(SIZE);
        assertThat(second.parent()).isEqualTo(UUID.fromString(uuid)).isEqualTo(full.id());
        assertThat(second.parentName()).isEqualTo(uuid + ".vhd");
        assertThat(second.parentTime()).as("seconds since 2000").isGreaterThan(800_000_000);
        assertThat(second.blocks().keySet()).containsExactly(0, 1);
        assertThat(second.blocks().get(0)).as("zeros are differences").isEqualTo(new byte[VhdFile.BLOCK]);
        VhdFile third = VhdFile.parse(export("vhd", history.snapshot(2), history.snapshot(1)));
        assertThat(third.bytes()).isEqualTo(11L * MIB);
        assertThat(third.blocks().keySet()).containsExactly(3, 5);
        assertThat(full.with(second).contents()).isEqualTo(history.contents(1));
        assertThat(full.with(second).with(third).contents()).isEqualTo(history.contents(2));
        assertThat(VhdFile.parse(export("vhd", history.disk(), history.snapshot(2)))
                        .blocks())
                .as("nothing was written since")
                .isEmpty();
    }

    /** Replication: each restore point is a clone of the one before, and the differences are imported over it. */
    @ParameterizedTest
    @EnumSource(Storage.class)
    void differencesAreImportedOverClones(Storage storage) throws Exception {
        History history = History.on(storage);
        String first = calls.vdi(storage.sr(), SIZE);
        put("vhd", first, uploads.get("/export_raw_vdi?format=vhd&vdi=" + history.snapshot(0)));
        assertThat(raw(first)).isEqualTo(history.contents(0));
        String second = calls.text("VDI.clone", first);
        put("vhd", second, export("vhd", history.snapshot(1), history.snapshot(0)));
        assertThat(raw(second)).isEqualTo(history.contents(1));
        String third = calls.text("VDI.clone", second);
        calls.ok("VDI.resize", third, 11L * MIB);
        put("vhd", third, export("vhd", history.snapshot(2), history.snapshot(1)));
        assertThat(raw(third)).isEqualTo(history.contents(2));
        assertThat(raw(second)).isEqualTo(history.contents(1));
        assertThat(raw(first)).isEqualTo(history.contents(0));
        // A restore to a local snapshot takes the differences in the other direction.
        put("vhd", second, export("vhd", history.snapshot(0), history.snapshot(1)));
        assertThat(raw(second)).isEqualTo(history.contents(0));
    }

    /** A restore from a backup: the client merges the chain, and sends one disk. */
    @Test
    void aMergedChainIsTheDisk() throws Exception {
        History history = History.on(Storage.LAYERS);
        VhdFile full = VhdFile.parse(uploads.get("/export_raw_vdi?format=vhd&vdi=" + history.snapshot(0)));
        VhdFile second = VhdFile.parse(export("vhd", history.snapshot(1), history.snapshot(0)));
        VhdFile third = VhdFile.parse(export("vhd", history.snapshot(2), history.snapshot(1)));
        String disk = calls.vdi(Storage.LAYERS.sr(), 11L * MIB);
        put("vhd", disk, full.with(second).with(third).file());
        assertThat(raw(disk)).isEqualTo(history.contents(2));
        // The two deltas in one, over a clone of the first restore point.
        String replica = calls.vdi(Storage.LAYERS.sr(), 11L * MIB);
        put("vhd", replica, full.file());
        String clone = calls.text("VDI.clone", replica);
        put("vhd", clone, second.with(third).file());
        assertThat(raw(clone)).isEqualTo(history.contents(2));
    }

    /** python3/libexec/qcow2-to-stdout.py, diff_file_name: clusters that differ, zeros too, and no backing file. */
    @ParameterizedTest
    @EnumSource(
            value = Storage.class,
            names = {"COPIES", "LAYERS"})
    void aQcow2ImageOfDifferencesHasTheClustersThatDiffer(Storage storage) throws Exception {
        QemuImg.needed();
        History history = History.on(storage);
        byte[] differences = export("qcow2", history.snapshot(2), history.snapshot(0));
        assertThat(differences.length).as("5.1 MiB differ, and the tables").isBetween(3 * MIB, 4 * MIB);
        Path images = Files.createDirectory(folder.resolve("images-" + storage));
        Path top = Files.write(images.resolve("top.qcow2"), differences);
        QemuImg.check(top);
        Path base = Files.write(
                images.resolve("base.qcow2"), uploads.get("/export_raw_vdi?format=qcow2&vdi=" + history.snapshot(0)));
        assertThat(QemuImg.run(images, "qemu-img", "info", top.toString())).doesNotContain("backing");
        QemuImg.run(
                images, "qemu-img", "rebase", "-u", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", top.toString());
        assertThat(QemuImg.contents(top)).isEqualTo(history.contents(2));
        assertThat(QemuImg.contents(base)).isEqualTo(history.contents(0));

        String disk = calls.text("VDI.clone", history.snapshot(0));
        calls.ok("VDI.resize", disk, 11L * MIB);
        put("qcow2", disk, differences);
        assertThat(raw(disk)).isEqualTo(history.contents(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vhd", "qcow2"})
    void aBrokenUploadOfDifferencesChangesNothing(String format) throws Exception {
        History history = History.on(Storage.LAYERS);
        byte[] differences = export(format, history.snapshot(1), history.snapshot(0));
        String clone = calls.text("VDI.clone", history.snapshot(0));
        Uploads.error(uploads.put(
                "/import_raw_vdi?format=" + format + "&vdi=" + clone,
                Arrays.copyOf(differences, differences.length - 100_000)));
        assertThat(raw(clone)).isEqualTo(history.contents(0));
    }

    /** Nothing of an empty disk has to stay. */
    @Test
    void anImportIntoAnEmptyDiskMakesNoLayerOnIt() throws Exception {
        History history = History.on(Storage.LAYERS);
        String disk = calls.vdi(Storage.LAYERS.sr(), SIZE);
        put("qcow2", disk, uploads.get("/export_raw_vdi?format=qcow2&vdi=" + history.snapshot(0)));
        String location = calls.text("VDI.get_location", disk);
        try (Stream<Path> files = Files.list(folder.resolve(Storage.LAYERS.name()))) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith(location)))
                    .hasSize(1);
        }
        assertThat(raw(disk)).isEqualTo(history.contents(0));
    }

    /** Chains of VHDs have no common parent then, and XAPI's vhd-tool takes all blocks of both. */
    @ParameterizedTest
    @ValueSource(strings = {"vhd", "qcow2"})
    void theBaseMayBeInAnotherRepositoryAndNoRelative(String format) throws Exception {
        History history = History.on(Storage.COPIES);
        String base = calls.vdi(Storage.LAYERS.sr(), 9L * MIB);
        byte[] other = new byte[9 * MIB];
        write(base, other, MIB, data(7 * MIB));
        byte[] differences = export(format, history.snapshot(0), base);
        String clone = calls.text("VDI.clone", base);
        put(format, clone, differences);
        assertThat(Arrays.copyOf(raw(clone), SIZE)).isEqualTo(history.contents(0));
    }

    private static List<String> refused(String target) throws Exception {
        String task = uploads.task("export");
        try (Http http = new Http(daemon, "GET", Uploads.withTask(target, task), uploads.auth())) {
            assertThat(http.head()).doesNotContain(" 200 OK");
        }
        return Uploads.error(uploads.ended(task));
    }

    /** ocaml/xapi/importexport.ml, base_vdi_of_req; ocaml/xapi/vhd_tool_wrapper.ml, send. */
    @Test
    void aBaseThatIsNoneIsRefused() throws Exception {
        String disk = uploads.disk(Storage.LAYERS.sr(), 2);
        String unknown = UUID.randomUUID().toString();
        assertThat(refused("/export_raw_vdi?format=vhd&vdi=" + disk + "&base=" + unknown))
                .containsExactly("UUID_INVALID", "VDI", unknown);
        for (String format : List.of("", "&format=raw")) {
            assertThat(refused("/export_raw_vdi?vdi=" + disk + format + "&base=" + disk))
                    .containsExactly("INTERNAL_ERROR", "(Failure \"Cannot compute differences on non-VHD images\")");
        }
        String vm = calls.vm("writer");
        String used = uploads.disk(Storage.LAYERS.sr(), 2);
        calls.ok("VBD.create", Calls.vbdRecord(vm, used));
        calls.ok("VM.start", vm, false, false);
        assertThat(refused("/export_raw_vdi?format=vhd&vdi=" + disk + "&base=" + used))
                .containsExactly("VDI_IN_USE", used);
        calls.ok("VM.hard_shutdown", vm);
    }

    /** ocaml/xapi/export_raw_vdi.ml: Stream_vdi.send_all gets no base. */
    @Test
    void aTarAlwaysHasTheWholeDisk() throws Exception {
        History history = History.on(Storage.LAYERS);
        byte[] tar = export("tar", history.snapshot(1), history.snapshot(0));
        assertThat(tar).hasSameSizeAs(uploads.get("/export_raw_vdi?format=tar&vdi=" + history.snapshot(1)));
    }

    /** More than could be compared in the time of a test. */
    @ParameterizedTest
    @EnumSource(Storage.class)
    void theDifferencesOfATebibyteOfHolesComeAtOnce(Storage storage) throws Exception {
        String disk = calls.vdi(storage.sr(), 1L << 40);
        String snapshot = calls.text("VDI.snapshot", disk);
        ByteBuffer chunks = ByteBuffer.allocate(12 + 4096 + 12).order(ByteOrder.LITTLE_ENDIAN);
        chunks.putLong(1L << 39).putInt(4096).put(data(4096));
        succeeds(uploads.put("/import_raw_vdi?chunked=true&vdi=" + disk, chunks.array()));
        long start = System.nanoTime();
        assertThat(export("vhd", disk, snapshot)).as("a table, and one block").hasSizeBetween(4 * MIB, 4 * MIB + 4096);
        assertThat(export("qcow2", disk, snapshot))
                .as("tables, and one cluster")
                .hasSizeLessThan(MIB);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }
}
