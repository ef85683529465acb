package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.contract.Listening;
import org.jxapi.hypervisor.libxl.QemuDiskImages;
import org.jxapi.image.Image;

/** Disks as chains of qcow2 images under a real QEMU: its storage daemon has the disk, and qemu-io is the guest. */
class LiveChainsTest {
    private static final int DOMID = 7;
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private ImageFolder repository;
    private Process qemu;
    private final Set<String> opened = new TreeSet<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicBoolean silent = new AtomicBoolean();
    private final AtomicBoolean reading = new AtomicBoolean();

    @BeforeEach
    void create() throws Exception {
        assumeTrue(
                Stream.of("qemu-storage-daemon", "qemu-io", "qemu-img").allMatch(LiveChainsTest::installed),
                "qemu-utils is not installed");
        Path disks = Files.createDirectory(folder.resolve("disks"));
        repository = new ImageFolder(disks, "sr", "qcow2", new Guests(), new Merges());
        repository.create("disk", 8L * MIB, false);
    }

    /** One guest, which has the disk for as long as its QEMU runs. */
    private final class Guests implements LiveDisks {
        @Override
        public List<Guest> guests(String sr, String location) {
            return running.get() && opened.contains(location) ? List.of(new Guest(DOMID, true, true)) : List.of();
        }

        @Override
        public DiskImages images() {
            DiskImages real = new QemuDiskImages(domid -> folder.resolve("qmp"));
            return silent.get() ? unheard(real) : real;
        }
    }

    /** QEMU takes overlays, but its answer does not arrive. */
    private static DiskImages unheard(DiskImages real) {
        return (DiskImages) Proxy.newProxyInstance(
                DiskImages.class.getClassLoader(), new Class<?>[] {DiskImages.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(real, arguments);
                    if (method.getName().equals("snapshot")) {
                        throw new HypervisorException(LibxlError.PROTOCOL_ERROR_QMP, "no answer");
                    }
                    return result;
                });
    }

    private static boolean installed(String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }

    private void start() throws Exception {
        start("disk");
    }

    /** Starts the QEMU of a guest with these disks. */
    private void start(String... disks) throws Exception {
        Files.deleteIfExists(folder.resolve("qmp"));
        Files.deleteIfExists(folder.resolve("nbd"));
        List<String> command = new ArrayList<>(List.of(
                "qemu-storage-daemon",
                "--chardev",
                "socket,id=qmp,server=on,wait=off,path=" + folder.resolve("qmp"),
                "--monitor",
                "chardev=qmp",
                "--nbd-server",
                "addr.type=unix,addr.path=" + folder.resolve("nbd")));
        opened.clear();
        for (String disk : disks) {
            String node = "xvd" + (char) ('a' + opened.size()) + "-qcow2";
            command.addAll(List.of(
                    "--blockdev",
                    "qcow2,node-name=" + node + ",file.driver=file,file.locking=off,file.filename="
                            + repository.guestDisk(disk).path(),
                    "--export",
                    "nbd,id=" + disk + ",writable=on,node-name=" + node + ",name=" + disk));
            opened.add(disk);
        }
        qemu = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("qemu.log").toFile())
                .start();
        Listening.await(qemu, folder.resolve("qemu.log"), folder.resolve("nbd"), folder.resolve("qmp"));
        running.set(true);
    }

    private void shutDown() throws Exception {
        qemu.destroy();
        assertThat(qemu.waitFor(60, TimeUnit.SECONDS)).isTrue();
        running.set(false);
    }

    @AfterEach
    void kill() throws Exception {
        if (qemu != null) {
            qemu.destroyForcibly().waitFor();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }

    /** The guest fills the MiB at {@code at} with a byte. */
    private void write(int at, int value) throws Exception {
        run(
                "qemu-io",
                "-f",
                "raw",
                "-c",
                "write -P " + value + " " + (long) at * MIB + " 1M",
                "-c",
                "flush",
                "nbd+unix:///disk?socket=" + folder.resolve("nbd"));
    }

    private void guestReads(int at, int value) throws Exception {
        run(
                "qemu-io",
                "-f",
                "raw",
                "-c",
                "read -P " + value + " " + (long) at * MIB + " 1M",
                "nbd+unix:///disk?socket=" + folder.resolve("nbd"));
    }

    /** The first bytes of the first MiBs of a disk that no guest has. */
    private String read(String location) throws IOException {
        StringBuilder read = new StringBuilder();
        for (int at = 0; at < 4; at++) {
            read.append(read(location, at));
        }
        return read.toString();
    }

    /** The first byte of the MiB at {@code at}. */
    private byte read(String location, int at) throws IOException {
        try (Image image = repository.open(location, false)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            image.read((long) at * MIB, one);
            return one.get(0);
        }
    }

    private void snapshot(String name) throws IOException {
        repository.begin(name);
        assertThat(repository.clone("disk", name)).isTrue();
        repository.keep(name);
    }

    /** The MiBs in which a snapshot differs from another. */
    private Set<Long> differences(String name, String base) throws IOException {
        Set<Long> differing = new TreeSet<>();
        try (Differences differences = repository.differences(name, base)) {
            differences.find(8L * MIB, 64 * 1024, at -> {}, at -> differing.add(at / MIB));
        }
        return differing;
    }

    private void destroy(String name) throws IOException {
        repository.begin(name);
        repository.discard(name);
    }

    private void coalesce() throws IOException {
        while (repository.coalesce(location -> true, done -> {})) {
            // One step after the other.
        }
    }

    private void check() throws Exception {
        for (Volume volume : repository.volumes()) {
            run("qemu-img", "check", "-q", volume.path().toString());
        }
    }

    /** A shell of qemu-io on one of the guest's disks. */
    private final class Shell implements AutoCloseable {
        private final Process io;

        Shell(String disk) throws IOException {
            io = new ProcessBuilder("qemu-io", "-f", "raw", "nbd+unix:///" + disk + "?socket=" + folder.resolve("nbd"))
                    .redirectErrorStream(true)
                    .start();
        }

        /** Writes a byte to the disk, and returns when QEMU has it. */
        void write(int value) throws IOException {
            io.getOutputStream().write(("write -P " + value + " 0 512\n").getBytes(StandardCharsets.UTF_8));
            io.getOutputStream().flush();
            StringBuilder said = new StringBuilder();
            while (said.indexOf("ops/sec") < 0) {
                int next = io.getInputStream().read();
                assertThat(next).as(said.toString()).isNotNegative();
                said.append((char) next);
            }
        }

        @Override
        public void close() throws IOException {
            io.destroyForcibly();
        }
    }

    /** A database that has its log on another disk: the log is written first. */
    @Test
    void snapshotsOfTheDisksOfAGuestAreOfOneMoment() throws Exception {
        repository.create("log", 8L * MIB, false);
        start("disk", "log");
        AtomicBoolean writing = new AtomicBoolean(true);
        CountDownLatch begun = new CountDownLatch(3);
        CompletableFuture<Void> guest = CompletableFuture.runAsync(() -> {
            try (Shell log = new Shell("log");
                    Shell disk = new Shell("disk")) {
                for (int count = 0; writing.get(); count = (count + 1) % 100) {
                    log.write(count + 1);
                    disk.write(count + 1);
                    begun.countDown();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        begun.await();
        for (int i = 0; i < 10; i++) {
            assertThat(repository.snapshotAll(Map.of("disk", "disk" + i, "log", "log" + i)))
                    .isTrue();
            int ahead = Math.floorMod(read("log" + i, 0) - read("disk" + i, 0), 100);
            assertThat(ahead)
                    .as("writes to the log of which the disk knows nothing")
                    .isBetween(0, 1);
        }
        writing.set(false);
        guest.get();
        check();
    }

    /** How many images the disk consists of: one that was merged may keep its names while the guest runs. */
    private long images() throws IOException {
        Set<Object> files = new HashSet<>();
        for (Path file : VolumeFiles.named(repository.path("disk").getParent(), "disk", Layers.SUFFIX)) {
            files.add(Files.readAttributes(file, BasicFileAttributes.class).fileKey());
        }
        return files.size();
    }

    /** The layers are found in the order of the folder, so the first merge may be one in the middle. */
    @Test
    void allLayersBehindTheDiskOfAGuestAreMerged() throws Exception {
        start();
        for (int i = 0; i < 10; i++) {
            write(i % 8, i + 1);
            snapshot("snapshot" + i);
        }
        for (int i = 0; i < 10; i++) {
            destroy("snapshot" + i);
        }
        assertThat(images()).isEqualTo(11);
        coalesce();
        assertThat(images()).isEqualTo(2);
        guestReads(1, 10);
        guestReads(7, 8);
        shutDown();
        coalesce();
        assertThat(images()).isEqualTo(1);
        assertThat(read("disk", 1)).isEqualTo((byte) 10);
        check();
    }

    /** A delta backup of a running guest: its QEMU merges layers between the snapshots. */
    @Test
    void snapshotsOfAGuestDifferWhereItHasWritten() throws Exception {
        start();
        write(0, 1);
        write(1, 1);
        snapshot("one");
        write(1, 2);
        snapshot("two");
        write(2, 3);
        write(0, 1);
        snapshot("three");
        write(3, 4);
        assertThat(differences("two", "one")).containsExactly(1L);
        assertThat(differences("three", "two")).containsExactly(2L);
        destroy("two");
        coalesce();
        assertThat(differences("three", "one")).containsExactly(1L, 2L);
        assertThat(differences("one", "three")).containsExactly(1L, 2L);
    }

    @Test
    void aGuestIsSnapshottedBackedUpAndItsChainStaysShort() throws Exception {
        start();
        for (int round = 1; round <= 6; round++) {
            write(round % 4, round);
            snapshot("snapshot" + round);
            write(3, 100 + round);
            if (round > 1) {
                destroy("snapshot" + (round - 1));
            }
            coalesce();
            guestReads(3, 100 + round);
            assertThat(Layers.depth(repository.path("disk"))).isLessThanOrEqualTo(3);
        }
        assertThat(read("snapshot6")).isEqualTo("456105");
        guestReads(0, 4);
        guestReads(1, 5);
        guestReads(2, 6);
        guestReads(3, 106);
        shutDown();
        assertThat(read("disk")).isEqualTo("456106");
        destroy("snapshot6");
        coalesce();
        repository.tidy("disk"::equals, location -> false);
        try (Stream<Path> files = Files.list(folder.resolve("disks"))) {
            assertThat(files).hasSize(1);
        }
        assertThat(read("disk")).isEqualTo("456106");
        check();
        start();
        guestReads(3, 106);
    }

    /** With merges behind the guest, a clone in between, and a layer that QEMU did not take at first. */
    @Test
    void theChangesOfARunningGuestAreTracked() throws Exception {
        start();
        write(0, 1);
        repository.track("disk");
        track("s1");
        repository.discardData("s1");
        coalesce();
        write(1, 2);
        snapshot("clone");
        write(2, 3);
        coalesce();
        destroy("clone");
        coalesce();
        silent.set(true);
        repository.begin("s2");
        assertThatThrownBy(() -> repository.snapshot("disk", "s2")).hasMessageContaining("no answer");
        repository.discard("s2");
        silent.set(false);
        write(5, 4);
        coalesce();
        track("s2");
        write(6, 5);
        track("s3");
        shutDown();
        assertThat(TrackingContract.blocks(repository.changed("s1", "s2"))).isEqualTo(mibs(1, 2, 5));
        assertThat(TrackingContract.blocks(repository.changed("s2", "s3"))).isEqualTo(mibs(6));
        assertThat(TrackingContract.blocks(repository.changed("s1", "disk"))).isEqualTo(mibs(1, 2, 5, 6));
        check();
    }

    private void track(String name) throws IOException {
        repository.begin(name);
        assertThat(repository.snapshot("disk", name)).isTrue();
        repository.keep(name);
    }

    /** The numbers of all blocks of some MiBs. */
    private static List<Integer> mibs(int... mibs) {
        return IntStream.of(mibs)
                .flatMap(mib -> IntStream.range(0, 16).map(block -> 16 * mib + block))
                .boxed()
                .toList();
    }

    /** The layer is there, and QEMU was not asked to use it: a crash of the daemon in between. */
    @Test
    void aLayerThatTheGuestDoesNotUseYetDoesNoHarm() throws Exception {
        start();
        write(0, 1);
        Path leaf = repository.path("disk");
        new ProcessBuilder(
                        "qemu-img",
                        "create",
                        "-q",
                        "-f",
                        "qcow2",
                        "-F",
                        "qcow2",
                        "-u",
                        "-b",
                        leaf.getFileName().toString(),
                        folder.resolve("disks/disk.jxapi-1.qcow2").toString(),
                        "8M")
                .inheritIO()
                .start()
                .waitFor();
        repository.tidy("disk"::equals, location -> false);
        write(1, 2);
        coalesce();
        snapshot("snapshot");
        write(2, 3);
        coalesce();
        guestReads(1, 2);
        shutDown();
        assertThat(read("disk")).isEqualTo("1230");
        assertThat(read("snapshot")).isEqualTo("1200");
        coalesce();
        assertThat(read("disk")).isEqualTo("1230");
        check();
    }

    @Test
    void aSnapshotOfWhichNoAnswerArrivesLosesNothing() throws Exception {
        start();
        write(0, 1);
        silent.set(true);
        repository.begin("snapshot");
        assertThatThrownBy(() -> repository.clone("disk", "snapshot")).hasMessageContaining("no answer");
        repository.discard("snapshot");
        silent.set(false);
        write(1, 2);
        shutDown();
        assertThat(read("disk")).isEqualTo("1200");
        check();
    }

    /** libxl ends a QEMU without waiting for it. */
    @Test
    void aDiskIsNotUsedBeforeItsQemuHasEnded() throws Exception {
        start();
        write(0, 1);
        running.set(false);
        assertThat(OtherWriters.writer(repository.path("disk"))).isPresent();
        Thread end = new Thread(() -> {
            while (!reading.get()) {
                Thread.onSpinWait();
            }
            qemu.destroy();
        });
        end.start();
        reading.set(true);
        assertThat(read("disk")).isEqualTo("1000");
        assertThat(OtherWriters.writer(repository.path("disk"))).isEmpty();
        end.join();
    }

    @Test
    void aGuestThatIsKilledKeepsWhatItFlushed() throws Exception {
        start();
        write(0, 1);
        snapshot("snapshot");
        write(1, 2);
        qemu.destroyForcibly().waitFor();
        running.set(false);
        assertThat(read("disk")).isEqualTo("1200");
        destroy("snapshot");
        coalesce();
        assertThat(read("disk")).isEqualTo("1200");
        start();
        guestReads(1, 2);
    }
}
