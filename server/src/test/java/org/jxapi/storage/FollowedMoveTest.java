package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.daemon.StorageModule;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.harness.Intercepted;
import org.jxapi.harness.LoopMounts;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.image.Image;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.H2Store;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmPowerState;

/** Disks of running guests move that no QEMU can mirror, while the test writes to them as the guest. */
class FollowedMoveTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 8;

    @RegisterExtension
    static final LoopMounts mounts = new LoopMounts();

    @TempDir
    static Path shared;

    private static SimulatedHost host;

    /** Whether the host's guests have their disks by QEMU or the kernel, as on a real one. */
    private static volatile boolean real;

    private final byte[] contents = new byte[SIZE];
    private Path folder;
    private Ref<SR> from;
    private Ref<SR> to;
    private Ref<VM> vm;
    private Ref<VBD> vbd;
    private Ref<VDI> disk;
    private AttachedSr place;
    private String location;

    @BeforeAll
    static void boot() {
        host = new SimulatedHost(shared.resolve("host"), FollowedMoveTest::perhapsReal);
    }

    private static Hypervisor perhapsReal(Hypervisor simulated) {
        DiskImages images = Intercepted.of(
                DiskImages.class, (method, call) -> method.equals("served") ? real : call.on(simulated.diskImages()));
        return Intercepted.of(
                Hypervisor.class, (method, call) -> method.equals("diskImages") ? images : call.on(simulated));
    }

    @AfterAll
    static void shutDown() {
        host.close();
    }

    private void run(Path folder, String format) throws IOException {
        real = false;
        this.folder = folder;
        from = host.repository(Files.createDirectory(folder.resolve("from")), format);
        to = host.repository(Files.createDirectory(folder.resolve("to")), "raw");
        disk = host.disks.create(from, "disk", (long) SIZE * MIB, VdiType.USER);
        vm = host.vm("runs", row -> row);
        vbd = vbd(vm, disk, VbdMode.RW);
        place = host.disks.drivers().attached(host.store.snapshot(), from);
        location = host.store.snapshot().get(disk, VDI.LOCATION);
        write(0, 1);
        host.start(vm);
    }

    private static Ref<VBD> vbd(Ref<VM> vm, Ref<VDI> disk, VbdMode mode) {
        return host.store.transact(tx -> tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VM, vm)
                .with(VBD.VDI, disk)
                .with(VBD.MODE, mode)
                .with(VBD.TYPE, VbdType.DISK)
                .with(VBD.USERDEVICE, Integer.toString(tx.get(vm, VM.VBDS).size()))));
    }

    private Path temporary() throws IOException {
        return Files.createTempDirectory(shared, "test");
    }

    private static Path xfs() {
        Assumptions.assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        return mounts.make(LoopMounts.Format.XFS);
    }

    /** The guest writes the byte all over the MiB at {@code at}. */
    private void write(int at, int value) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MIB);
        while (bytes.hasRemaining()) {
            bytes.put((byte) value);
        }
        try (Image image = place.repository().open(location, true)) {
            image.write((long) at * MIB, bytes.flip());
        }
        contents[at] = (byte) value;
    }

    /** A call whose progress goes on when the guest has written something. */
    private Call withGuest(AtomicInteger writes) {
        Call call = host.call();
        return Intercepted.of(Call.class, (method, original) -> {
            if (method.equals("progress") && writes.get() < 100) {
                int next = writes.incrementAndGet();
                write(next % SIZE, next);
            }
            return original.on(call);
        });
    }

    private Ref<VDI> move(Call call, MovingVms owner) {
        return host.disks.moves().move(call, disk, to, Map.of(), owner);
    }

    private byte[] firstBytes(Ref<VDI> vdi) throws IOException {
        Row<VDI> row = host.store.snapshot().row(vdi);
        AttachedSr there = host.disks.drivers().attached(host.store.snapshot(), row.get(VDI.SR));
        byte[] found = new byte[SIZE];
        try (Image image = there.repository().open(row.get(VDI.LOCATION), false)) {
            for (int i = 0; i < SIZE; i++) {
                ByteBuffer one = ByteBuffer.allocate(1);
                image.read((long) i * MIB + MIB - 1, one);
                found[i] = one.get(0);
            }
        }
        return found;
    }

    private List<String> files(String repository) throws IOException {
        return names(folder.resolve(repository));
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "qcow2"})
    void theNewDiskHasEverythingThatTheGuestWroteUntilItStoodStill(String format) throws Exception {
        run(format.equals("raw") ? xfs() : temporary(), format);
        Ref<VDI> snapshot = host.disks.snapshot(disk);
        byte[] before = contents.clone();
        int domid = host.domid(vm);
        AtomicInteger writes = new AtomicInteger();

        Ref<VDI> moved = move(withGuest(writes), host.relocation);

        assertThat(writes.get()).as("writes of the guest").isGreaterThan(3);
        assertThat(firstBytes(moved)).isEqualTo(contents);
        assertThat(firstBytes(snapshot)).isEqualTo(before);
        Row<VDI> row = host.store.snapshot().row(moved);
        assertThat(row.get(VDI.SR)).isEqualTo(to);
        assertThat(row.get(VDI.CURRENT_OPERATIONS)).isEmpty();
        assertThat(host.store.snapshot().get(vbd, VBD.VDI)).isEqualTo(moved);
        assertThat(host.store.snapshot().get(vbd, VBD.CURRENTLY_ATTACHED)).isTrue();
        assertThat(host.store.snapshot().get(vbd, VBD.CURRENT_OPERATIONS)).isEmpty();
        assertThat(host.store.snapshot().get(snapshot, VDI.SNAPSHOT_OF)).isEqualTo(moved);
        assertThat(host.store.snapshot().find(disk)).isEmpty();
        assertThat(files("to")).as("the disk alone").containsExactly(row.get(VDI.UUID) + ".raw");
        assertThat(files("from")).noneMatch(name -> name.contains("jxapi-pending"));
        assertRuns();
        assertThat(host.domid(vm)).as("its new domain").isNotEqualTo(domid);
    }

    private void assertRuns() {
        assertThat(host.get(vm, VM.POWER_STATE)).isEqualTo(VmPowerState.RUNNING);
        assertThat(host.get(vm, VM.CURRENT_OPERATIONS)).isEmpty();
        assertThat(host.get(vm, VM.SUSPEND_VDI)).isEqualTo(Ref.nil());
        assertThat(host.xen.domains().info(host.domid(vm)).paused()).isFalse();
    }

    /** A move with something around the change of the disks, when the guest has no domain. */
    private static MovingVms around(Consumer<Runnable> change) {
        return new MovingVms() {
            @Override
            public Claim of(Ref<VM> vm) {
                return host.relocation.of(vm);
            }

            @Override
            public void renew(Operation operation, Ref<VM> vm, Ref<SR> spare, Runnable original) {
                host.relocation.renew(operation, vm, spare, () -> change.accept(original));
            }
        };
    }

    @Test
    void aDiskThatCannotBeFinishedStaysAndItsGuestGoesOn() throws Exception {
        run(temporary(), "qcow2");
        XenApiException reason = new XenApiException("SR_BACKEND_FAILURE_44", List.of("", "no space", ""));
        MovingVms full = around(change -> {
            throw reason;
        });
        assertThatThrownBy(() -> move(withGuest(new AtomicInteger()), full)).isSameAs(reason);
        assertStayed();
        assertRuns();
        assertThat(firstBytes(disk)).isEqualTo(contents);
        assertThat(firstBytes(move(host.call(), host.relocation))).isEqualTo(contents);
    }

    private void assertStayed() throws IOException {
        assertThat(host.store.snapshot().get(vbd, VBD.VDI)).isEqualTo(disk);
        assertThat(host.store.snapshot().get(disk, VDI.CURRENT_OPERATIONS)).isEmpty();
        assertThat(files("to")).isEmpty();
        assertThat(files("from")).noneMatch(name -> name.contains("jxapi-pending"));
        assertThat(host.store.snapshot().get(from, SR.VDIS)).containsExactly(disk);
    }

    @Test
    void aVmThatIsShutDownDuringTheCopyKeepsItsDisk() throws Exception {
        run(temporary(), "qcow2");
        Call call = host.call();
        Call ending = Intercepted.of(Call.class, (method, original) -> {
            if (method.equals("progress") && host.get(vm, VM.POWER_STATE) == VmPowerState.RUNNING) {
                host.lifecycle.hardShutdown(host.call(), vm);
            }
            return original.on(call);
        });
        assertThatThrownBy(() -> move(ending, host.relocation))
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("MIRROR_FAILED");
        assertStayed();
        assertThat(firstBytes(disk)).isEqualTo(contents);
    }

    @Test
    void aVmThatIsShutDownWithoutADomainKeepsItsDisk() throws Exception {
        run(temporary(), "qcow2");
        MovingVms ended = around(change -> {
            host.lifecycle.hardShutdown(host.call(), vm);
            change.run();
        });
        assertThatThrownBy(() -> move(withGuest(new AtomicInteger()), ended)).isInstanceOf(XenApiException.class);
        assertStayed();
        assertThat(host.get(vm, VM.POWER_STATE)).isEqualTo(VmPowerState.HALTED);
        assertThat(host.get(vm, VM.SUSPEND_VDI)).isEqualTo(Ref.nil());
        assertThat(firstBytes(disk)).isEqualTo(contents);
    }

    /** The daemon is killed when the guest has no domain: what is left makes a suspended VM with the old or the new disk. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aKillLeavesTheOldOrTheNewDisk(boolean before) throws Exception {
        run(temporary(), "qcow2");
        Consumer<Runnable> killed = change -> {
            if (before) {
                assertRestarts(true);
                change.run();
            } else {
                change.run();
                assertRestarts(false);
            }
        };
        move(withGuest(new AtomicInteger()), around(killed));
    }

    /** Starts another daemon with the database as it is now, and looks at what that one removes, on a copy of the files. */
    private void assertRestarts(boolean old) {
        try {
            Path copy = Files.createDirectory(folder.resolve("restarted"));
            copyFiles(shared.resolve("host"), copy);
            Path images = Files.createDirectory(folder.resolve("images"));
            for (String name : List.of("from", "to")) {
                copyFiles(folder.resolve(name), Files.createDirectory(images.resolve(name)));
            }
            try (H2Store store = H2Store.open(copy)) {
                store.change(tx -> Stream.of(from, to)
                        .forEach(sr -> tx.get(sr, SR.PBDS)
                                .forEach(pbd -> tx.set(
                                        pbd,
                                        PBD.DEVICE_CONFIG,
                                        Map.of(
                                                "location",
                                                images.resolve(tx.get(sr, SR.NAME_LABEL))
                                                        .toString())))));
                new StorageModule(
                                store,
                                copy,
                                new Operations(store),
                                Hosts.only(host.xen),
                                Clock.systemUTC(),
                                new Measurements())
                        .start();
                Ref<VDI> now = store.snapshot().get(vbd, VBD.VDI);
                assertThat(now.equals(disk)).isEqualTo(old);
                assertThat(store.snapshot().find(store.snapshot().get(vm, VM.SUSPEND_VDI)))
                        .as("its memory")
                        .isPresent();
                String uuid = store.snapshot().get(now, VDI.UUID);
                assertThat(names(images.resolve(old ? "to" : "from"))).isEmpty();
                assertThat(names(images.resolve(old ? "from" : "to"))).anyMatch(name -> name.startsWith(uuid));
                assertThat(names(images.resolve(old ? "from" : "to"))).noneMatch(name -> name.contains("pending"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyFiles(Path from, Path to) throws IOException {
        for (Path file : list(from)) {
            if (Files.isRegularFile(file)) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        return list(folder).stream().map(file -> file.getFileName().toString()).toList();
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void aRunningDiskWhoseRepositoryWouldHaveToCopyItIsRefused() throws Exception {
        Assumptions.assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        run(mounts.make(LoopMounts.Format.EXT4), "raw");
        int domid = host.domid(vm);
        real = true;
        assertThatThrownBy(() -> move(host.call(), host.relocation))
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("OPERATION_NOT_ALLOWED")
                .hasMessageContaining("Shut the VM down");
        real = false;
        assertStayed();
        assertThat(host.domid(vm)).isEqualTo(domid);
    }

    @Test
    void aDiskThatAnotherVmReadsIsRefused() throws Exception {
        run(temporary(), "qcow2");
        host.store.change(tx -> tx.set(disk, VDI.SHARABLE, true));
        Ref<VM> other = host.vm("other", row -> row);
        vbd(other, disk, VbdMode.RO);
        host.start(other);
        assertThatThrownBy(() -> move(host.call(), host.relocation))
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("OPERATION_NOT_ALLOWED")
                .hasMessageContaining("another VM");
        assertStayed();
    }
}
