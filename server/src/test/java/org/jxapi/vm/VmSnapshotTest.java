package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.Intercepted;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VdiType;

/** Snapshots of a running guest with several disks. */
class VmSnapshotTest {
    @TempDir
    Path folder;

    private final AtomicInteger pauses = new AtomicInteger();
    private SimulatedHost host;
    private VmCopies copies;

    @BeforeEach
    void boot() {
        host = new SimulatedHost(folder.resolve("host"), this::counted);
        copies = new VmCopies(
                host.store,
                host.disks,
                new VmClaims(host.store, host.operations, any -> true),
                host.suspension,
                new Alerts(host.store, Clock.systemUTC()),
                Clock.systemUTC());
    }

    @AfterEach
    void shutDown() {
        host.close();
    }

    /** The same hypervisor; the pauses of its domains are counted. */
    private Hypervisor counted(Hypervisor real) {
        Domains domains = Intercepted.of(Domains.class, (method, call) -> {
            if (method.equals("pause")) {
                pauses.incrementAndGet();
            }
            return call.on(real.domains());
        });
        return Intercepted.of(Hypervisor.class, (method, call) -> method.equals("domains") ? domains : call.on(real));
    }

    private Ref<VDI> disk(Ref<VM> vm, Ref<SR> sr, String device) {
        Ref<VDI> disk = host.disks.create(sr, "disk " + device, 1 << 20, VdiType.USER);
        host.store.change(tx -> tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VM, vm)
                .with(VBD.VDI, disk)
                .with(VBD.MODE, VbdMode.RW)
                .with(VBD.TYPE, VbdType.DISK)
                .with(VBD.USERDEVICE, device)));
        return disk;
    }

    @ParameterizedTest
    @CsvSource({"raw, true", "qcow2, false"})
    void aGuestIsPausedOnlyWhereItsDisksAreCopiedOneByOne(String format, boolean expected) throws Exception {
        Ref<SR> sr = host.repository(Files.createDirectory(folder.resolve(format)), format);
        Ref<VM> vm = host.vm("guest", row -> row);
        List<Ref<VDI>> disks = new ArrayList<>();
        for (String device : List.of("0", "1", "2")) {
            disks.add(disk(vm, sr, device));
        }
        host.start(vm);
        Ref<VM> saved = copies.snapshot(host.call(), vm, "saved", List.of(disks.get(1)));
        assertThat(pauses.get() > 0).isEqualTo(expected);
        Snapshot now = host.store.snapshot();
        assertThat(now.get(saved, VM.VBDS).stream()
                        .map(vbd -> now.get(vbd, VBD.USERDEVICE))
                        .sorted())
                .containsExactly("0", "2");
        for (Ref<VBD> vbd : now.get(saved, VM.VBDS)) {
            Row<VDI> snapshot = now.row(now.get(vbd, VBD.VDI));
            Ref<VDI> of = disks.get(Integer.parseInt(now.get(vbd, VBD.USERDEVICE)));
            assertThat(snapshot.get(VDI.SNAPSHOT_OF)).isEqualTo(of);
            assertThat(snapshot.get(VDI.IS_A_SNAPSHOT)).isTrue();
            assertThat(snapshot.get(VDI.NAME_LABEL)).isEqualTo(now.get(of, VDI.NAME_LABEL));
            assertThat(now.get(of, VDI.CURRENT_OPERATIONS)).isEmpty();
        }
        assertThat(now.get(sr, SR.CURRENT_OPERATIONS)).isEmpty();
        assertThat(now.get(vm, VM.CURRENT_OPERATIONS)).isEmpty();
    }
}
