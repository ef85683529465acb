package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.daemon.StorageModule;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.harness.Intercepted;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.libxl.QemuDiskImages;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Operations;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VdiType;

/** Disks move while a guest writes to them through a real QEMU, whose domain is simulated. */
class LiveMoveTest {
    private static final int MIB = 1 << 20;

    @TempDir
    static Path shared;

    private static SimulatedHost host;
    private static final Map<Integer, Path> SOCKETS = new ConcurrentHashMap<>();
    /** Where a call of the images stops, as {@code pivot before}; empty for nowhere. */
    private static volatile String stop = "";

    /** The name of the call that fails; empty for none. */
    private static volatile String failing = "";

    private static volatile CountDownLatch stopped = new CountDownLatch(1);
    private static volatile CountDownLatch end = new CountDownLatch(1);

    private Path folder;
    private QemuGuest guest;
    private Ref<SR> from;
    private Ref<SR> to;
    private Ref<VM> vm;
    private Ref<VBD> vbd;
    private Ref<VDI> disk;

    @BeforeAll
    static void boot() {
        assumeTrue(QemuGuest.isInstalled(), "qemu-utils is not installed");
        host = new SimulatedHost(shared.resolve("host"), LiveMoveTest::withQemu);
    }

    @AfterAll
    static void shutDown() {
        if (host != null) {
            host.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        folder = Files.createTempDirectory(shared, "test");
        stopped = new CountDownLatch(1);
        end = new CountDownLatch(1);
        from = repository("from", "qcow2");
        to = repository("to", "raw");
        disk = host.disks.create(from, "disk", 8L * MIB, VdiType.USER);
        run(disk);
    }

    private void run(Ref<VDI> vdi) throws IOException {
        vm = host.vm("runs", row -> row);
        vbd = host.store.transact(tx -> tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VM, vm)
                .with(VBD.VDI, vdi)
                .with(VBD.MODE, VbdMode.RW)
                .with(VBD.TYPE, VbdType.DISK)
                .with(VBD.USERDEVICE, "0")
                .with(VBD.UNPLUGGABLE, true)));
        host.start(vm);
        guest = new QemuGuest(folder.resolve("qemu"), host.disks.file(host.store.snapshot(), vdi));
        SOCKETS.put(host.domid(vm), guest.socket());
    }

    @AfterEach
    void closeGuest() throws IOException {
        end.countDown();
        guest.close();
    }

    private Ref<SR> repository(String name, String format) throws IOException {
        return host.repository(Files.createDirectory(folder.resolve(name)), format);
    }

    private static Hypervisor withQemu(Hypervisor simulated) {
        DiskImages qemu = new QemuDiskImages(domid -> SOCKETS.getOrDefault(domid, shared.resolve("none")));
        DiskImages images = Intercepted.of(DiskImages.class, (method, call) -> {
            if (method.equals(failing)) {
                throw new HypervisorException(LibxlError.FAIL, "failed as asked");
            }
            stopAt(method + " before");
            Object result = call.on(qemu);
            stopAt(method + " after");
            return result;
        });
        return Intercepted.of(
                Hypervisor.class, (method, call) -> method.equals("diskImages") ? images : call.on(simulated));
    }

    /** At the end of the test, the call goes on with an error. */
    private static void stopAt(String point) throws InterruptedException {
        if (point.equals(stop)) {
            stop = "";
            stopped.countDown();
            end.await();
            throw new AssertionError("the daemon was killed before it came here");
        }
    }

    private Ref<VDI> move() {
        return move(host.call());
    }

    private Ref<VDI> move(Call call) {
        return host.disks.moves().move(call, disk, to, Map.of(), host.relocation);
    }

    private List<String> files(String repository) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(repository))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private boolean isPaused() {
        return host.xen.domains().info(host.domid(vm)).paused();
    }

    @Test
    void theGuestGoesOnInTheNewRepository() throws Exception {
        guest.write(0, 1);
        Ref<VDI> snapshot = host.disks.snapshot(disk);
        guest.write(1, 2);
        Ref<VDI> moved = move();
        assertThat(moved).isNotEqualTo(disk);
        Row<VDI> row = host.store.snapshot().row(moved);
        assertThat(row.get(VDI.SR)).isEqualTo(to);
        assertThat(row.get(VDI.NAME_LABEL)).isEqualTo("disk");
        assertThat(row.get(VDI.VIRTUAL_SIZE)).isEqualTo(8L * MIB);
        assertThat(row.get(VDI.SM_CONFIG)).containsOnly(Map.entry("image-format", "qcow2"));
        assertThat(row.get(VDI.CURRENT_OPERATIONS)).isEmpty();
        assertThat(host.store.snapshot().get(vbd, VBD.VDI)).isEqualTo(moved);
        assertThat(host.store.snapshot().get(vbd, VBD.CURRENT_OPERATIONS)).isEmpty();
        assertThat(host.store.snapshot().get(vm, VM.CURRENT_OPERATIONS)).isEmpty();
        assertThat(host.store.snapshot().get(snapshot, VDI.SNAPSHOT_OF)).isEqualTo(moved);
        assertThat(host.store.snapshot().find(disk)).isEmpty();
        assertThat(files("to")).containsExactly(row.get(VDI.UUID) + ".qcow2");
        assertThat(isPaused()).isFalse();
        guest.write(2, 3);
        Ref<VDI> next = host.disks.snapshot(moved);
        guest.write(0, 4);
        guest.close();
        assertThat(firstBytes(host.store, next)).containsExactly(1, 2, 3, 0);
        assertThat(firstBytes(host.store, moved)).containsExactly(4, 2, 3, 0);
        assertThat(firstBytes(host.store, snapshot)).containsExactly(1, 0, 0, 0);
    }

    /** libxl's discard-enable makes QEMU open images as QemuGuest does; after a move jxapi has opened the image. */
    @Test
    void blocksThatTheGuestDiscardsAreFreeBeforeAndAfterAMove() throws Exception {
        assertThat(host.xen.devices().list(host.domid(vm), DiskConfig.class))
                .extracting(DiskConfig::discardEnable)
                .containsExactly(true);
        Path old = folder.resolve("from").resolve(files("from").get(0));
        guest.io("write -P 1 0 6M");
        long full = blocks(old);
        guest.io("discard 0 4M");
        assertThat(blocks(old)).isLessThanOrEqualTo(full - 3 * MIB);
        move();
        Path moved = folder.resolve("to").resolve(files("to").get(0));
        long before = blocks(moved);
        guest.io("discard 4M 2M");
        assertThat(blocks(moved)).isLessThanOrEqualTo(before - MIB);
    }

    private static long blocks(Path file) throws Exception {
        Process du = new ProcessBuilder("du", "-B1", file.toString()).start();
        String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(du.waitFor()).isZero();
        return Long.parseLong(said.split("\\s")[0]);
    }

    @Test
    void aMirrorThatFailsLeavesTheGuestWhereItWas() throws Exception {
        guest.write(0, 1);
        failing = "mirror";
        assertThatThrownBy(this::move).isInstanceOf(XenApiException.class).hasMessageContaining("MIRROR_FAILED");
        failing = "";
        assertThat(host.store.snapshot().get(vbd, VBD.VDI)).isEqualTo(disk);
        assertThat(host.store.snapshot().get(disk, VDI.SM_CONFIG)).containsOnlyKeys("image-format");
        assertThat(files("to")).isEmpty();
        assertThat(files("from")).hasSize(1);
        assertThat(isPaused()).isFalse();
        guest.write(1, 2);
        move();
        assertThat(files("from")).isEmpty();
        guest.reads(0, 1);
        guest.reads(1, 2);
    }

    @Test
    void whileNobodyKnowsWhichImageQemuUsesTheGuestStandsStill() throws Exception {
        failing = "pivot";
        assertThatThrownBy(this::move).isInstanceOf(XenApiException.class).hasMessageContaining("MIRROR_FAILED");
        failing = "";
        assertThat(isPaused()).isTrue();
        try (H2Store store = restarted()) {
            assertThat(store.snapshot().find(disk)).isEmpty();
            assertThat(files("from")).isEmpty();
        }
        assertThat(isPaused()).isFalse();
    }

    /** The database of a new daemon that has started after the old one was killed at this moment. */
    private H2Store restarted() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("restarted"));
        try (Stream<Path> files = Files.list(shared.resolve("host"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        H2Store store = H2Store.open(copy);
        new StorageModule(
                        store,
                        copy,
                        new Operations(store),
                        Hosts.only(withQemu(host.xen)),
                        Clock.systemUTC(),
                        new Measurements())
                .start();
        return store;
    }

    @ParameterizedTest
    @CsvSource({"mirror after,false", "pivot before,true", "pivot after,true"})
    void aKillLeavesTheOldOrTheNewDisk(String moment, boolean moved) throws Exception {
        guest.write(0, 1);
        stop = moment;
        CompletableFuture.runAsync(this::move);
        assertThat(stopped.await(60, TimeUnit.SECONDS)).isTrue();
        guest.write(1, 2);
        try (H2Store store = restarted()) {
            assertThat(store.snapshot().find(disk).isEmpty()).isEqualTo(moved);
            Ref<VDI> now = store.snapshot().get(vbd, VBD.VDI);
            Row<VDI> row = store.snapshot().row(now);
            assertThat(row.get(VDI.SR)).isEqualTo(moved ? to : from);
            assertThat(row.get(VDI.SM_CONFIG)).containsOnlyKeys("image-format");
            assertThat(isPaused()).isFalse();
            String file = row.get(VDI.UUID) + ".qcow2";
            assertThat(files(moved ? "to" : "from")).contains(file);
            assertThat(files(moved ? "from" : "to")).isEmpty();
            guest.write(2, 3);
            guest.reads(0, 1);
            guest.close();
            assertThat(firstBytes(store, now)).containsExactly(1, 2, 3, 0);
        }
    }

    /** The first byte of each of the first four MiB. */
    private int[] firstBytes(Store store, Ref<VDI> vdi) throws IOException {
        Row<VDI> row = store.snapshot().row(vdi);
        AttachedSr place = host.disks.drivers().attached(store.snapshot(), row.get(VDI.SR));
        int[] found = new int[4];
        try (OpenDisk open =
                OpenDisk.toRead(place.repository().open(row.get(VDI.LOCATION), false), row.get(VDI.VIRTUAL_SIZE))) {
            for (int i = 0; i < found.length; i++) {
                byte[] one = new byte[1];
                open.read((long) i * MIB, one, 1);
                found[i] = one[0];
            }
        }
        return found;
    }

    @Test
    void theOldDiskIsTheRightOneAfterAKillThatTheGuestDidNotSurvive() throws Exception {
        guest.write(0, 1);
        stop = "pivot after";
        CompletableFuture.runAsync(this::move);
        assertThat(stopped.await(60, TimeUnit.SECONDS)).isTrue();
        guest.close();
        host.xen.domains().destroy(host.domid(vm));
        try (H2Store store = restarted()) {
            assertThat(store.snapshot().get(vbd, VBD.VDI)).isEqualTo(disk);
            assertThat(files("to")).isEmpty();
            assertThat(firstBytes(store, disk)).containsExactly(1, 0, 0, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aMoveThatIsCancelledLeavesNothing(boolean running) throws Exception {
        guest.write(0, 1);
        if (!running) {
            guest.close();
            host.lifecycle.hardShutdown(host.call(), vm);
        }
        List<Object> progress = new CopyOnWriteArrayList<>();
        Call cancelled = Intercepted.of(Call.class, (method, call) -> {
            switch (method) {
                case "progress" -> progress.add(method);
                case "throwIfCancelled" -> {
                    if (!progress.isEmpty()) {
                        throw new XenApiException("TASK_CANCELLED", List.of());
                    }
                }
                default -> {
                    return call.on(host.call());
                }
            }
            return null;
        });
        assertThatThrownBy(() -> move(cancelled)).hasMessageContaining("TASK_CANCELLED");
        assertThat(files("to")).isEmpty();
        assertThat(files("from")).hasSize(1);
        assertThat(host.store.snapshot().get(vbd, VBD.VDI)).isEqualTo(disk);
        assertThat(host.store.snapshot().get(to, SR.VDIS)).isEmpty();
        assertThat(host.store.snapshot().get(disk, VDI.CURRENT_OPERATIONS)).isEmpty();
        assertThat(host.store.snapshot().get(disk, VDI.VBDS)).containsExactly(vbd);
        if (running) {
            guest.write(1, 2);
            guest.reads(0, 1);
        }
    }
}
