package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.agent.StorageAgents;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.InternalCall;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Operations;
import org.jxapi.smapi.DriverFolder;
import org.jxapi.storage.Disks;
import org.jxapi.storage.Drivers;
import org.jxapi.storage.PbdService;
import org.jxapi.storage.Pbds;
import org.jxapi.storage.SrFolders;
import org.jxapi.storage.SrService;
import org.jxapi.storage.Srs;
import org.jxapi.store.H2Store;
import org.jxapi.store.Snapshot;
import org.jxapi.volume.Driver;
import org.jxapi.volume.DriverSet;
import org.jxapi.volume.FileDriver;
import org.jxapi.volume.FolderFormats;
import org.jxapi.volume.GroupChanges;
import org.jxapi.volume.Mounts;
import org.jxapi.volume.Reach;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VdiType;

/** Repositories of a host that is another machine, with folders of its own. */
class AgentDriversTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    private final SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    private final Hosts hosts = Hosts.only(xen);
    private H2Store store;
    private StorageAgents agents;
    private Ref<Host> own;
    private Ref<Host> member;
    private Disks disks;
    private SrService srs;
    private PbdService pbds;

    @BeforeEach
    void start() throws Exception {
        store = H2Store.open(folder.resolve("data"));
        own = new FirstBoot(store, folder.resolve("data"), Clock.systemUTC())
                .run(HostReader.read(xen, new SimulatedMachine(), true), true);
        hosts.runsOn(own);
        AgentDrivers drivers = new AgentDrivers(store, hosts, GroupChanges.here());
        agents = new StorageAgents(
                folder.resolve("agent"),
                machine(StorageDrivers.ofMember(folder.resolve("agent"), member(), xen.diskImages(), () -> "")),
                (sr, location) -> drivers.running().guests(member, sr, location));
        member = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS).with(Host.NAME_LABEL, "member")));
        hosts.add(member, agents.hypervisor());
        Operations operations = new Operations(store);
        Drivers own = new Drivers(
                List.of(new FileDriver(mounts("mounts-here"), new FolderFormats(drivers.running()))),
                Reach.REAL,
                drivers);
        SrFolders places = new SrFolders(store, own, folder.resolve("data"));
        disks = new Disks(store, own, places, operations, hosts, Clock.systemUTC());
        Pbds life = new Pbds(store, operations, disks, places);
        srs = new SrService(store, disks, new Srs(store, operations, disks, life, places), new Measurements(), null);
        pbds = new PbdService(life);
        store.change(tx -> List.copyOf(tx.all(PBD.XEN_CLASS)).forEach(pbd -> tx.destroy(pbd.ref())));
        disks.start();
    }

    @AfterEach
    void end() {
        agents.close();
        store.close();
        xen.close();
    }

    private Mounts mounts(String name) {
        return new Mounts(folder.resolve(name), Duration.ofSeconds(30));
    }

    private HostStorage member() {
        Path none = folder.resolve("none");
        return new HostStorage(
                mounts("mounts-there"), new DriverFolder(none, none, Duration.ofSeconds(30)), Reach.REAL);
    }

    /** The drivers of a machine whose files are in a folder of its own. */
    private DriverSet machine(DriverSet drivers) {
        return new DriverSet() {
            private Settings there(Settings settings) {
                Map<String, String> config = new HashMap<>(settings.deviceConfig());
                config.computeIfPresent(
                        "location", (key, path) -> inMember(Path.of(path)).toString());
                return new Settings(settings.uuid(), config, settings.smConfig());
            }

            @Override
            public Repository repository(String type, Settings settings) {
                return drivers.repository(type, there(settings));
            }

            @Override
            public Driver.Probe probe(String type, Settings settings) {
                return drivers.probe(type, there(settings));
            }

            @Override
            public Map<String, String> smConfig(String type, Settings settings) {
                return drivers.smConfig(type, there(settings));
            }
        };
    }

    /** Where a folder of the member is. */
    private Path inMember(Path path) {
        return folder.resolve("member").resolve(folder.relativize(path));
    }

    private Call call() {
        return new InternalCall("SR.create", store);
    }

    private Ref<SR> make(Ref<Host> host, Path place, boolean shared) throws IOException {
        Files.createDirectories(host.equals(member) ? inMember(place) : place);
        return srs.create(
                call(), host, Map.of("location", place.toString()), 0, "sr", "", "file", "user", shared, Map.of());
    }

    private static List<String> files(Path place) throws IOException {
        try (Stream<Path> list = Files.list(place)) {
            return list.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .toList();
        }
    }

    private static void failsWith(String code, ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aRepositoryOfAMemberIsMadeAndUsedThereAlone() throws Exception {
        Path place = folder.resolve("sr");
        Ref<SR> sr = make(member, place, false);
        Ref<VDI> vdi = disks.create(sr, "disk", MIB, VdiType.USER);
        assertThat(files(inMember(place))).hasSize(1);
        assertThat(place).doesNotExist();
        byte[] bytes = {1, 2, 3};
        disks.contents().fill(vdi, bytes);
        byte[] read = new byte[3];
        disks.contents().read(call(), vdi, disk -> disk.read(0, read, 3));
        assertThat(read).isEqualTo(bytes);
        Snapshot now = store.snapshot();
        assertThat(disks.guestDisk(now, vdi, member).path()).exists().startsWith(inMember(place));
        failsWith("SR_HAS_NO_PBDS", () -> disks.file(now, vdi));
        assertThat(disks.checksum(call(), disks.snapshot(vdi))).isEqualTo(disks.checksum(call(), vdi));

        // The same path of this machine is another place.
        Ref<SR> ours = make(own, place, false);
        disks.create(ours, "disk", MIB, VdiType.USER);
        assertThat(files(place)).hasSize(1);
        Ref<VDI> copy = disks.copy(vdi, ours);
        disks.contents().read(call(), copy, disk -> disk.read(0, read, 3));
        assertThat(read).isEqualTo(bytes);

        failsWith("SR_DEVICE_IN_USE", () -> make(member, place, false));
        assertThat(srs.probe(call(), member, Map.of("location", place.toString()), "file", Map.of()))
                .contains("<size>");
        Path none = folder.resolve("none/none");
        assertThatThrownBy(() -> srs.create(
                        call(),
                        member,
                        Map.of("location", none.toString()),
                        0,
                        "sr",
                        "",
                        "file",
                        "user",
                        false,
                        Map.of()))
                .isInstanceOf(XenApiException.class)
                .hasMessageContaining("SR_BACKEND_FAILURE_")
                .hasMessageContaining(inMember(none).toString());
    }

    @Test
    void callsOnARepositoryOfAHostThatIsOfflineFailAtOnce() throws Exception {
        Ref<SR> sr = make(member, folder.resolve("sr"), false);
        Ref<VDI> vdi = disks.create(sr, "disk", MIB, VdiType.USER);
        agents.stop();
        failsWith("HOST_OFFLINE", () -> srs.scan(call(), sr));
        failsWith("HOST_OFFLINE", () -> disks.create(sr, "other", MIB, VdiType.USER));
        failsWith("HOST_OFFLINE", () -> disks.destroy(vdi));
        disks.replug(member);
        assertThat(Drivers.isPlugged(store.snapshot(), sr)).isTrue();
        disks.start();
        assertThat(Drivers.isPlugged(store.snapshot(), sr)).isTrue();
        agents.start();
        disks.replug(member);
        disks.destroy(vdi);
        assertThat(files(inMember(folder.resolve("sr")))).isEmpty();
    }

    private Ref<PBD> pbd(Ref<Host> host, Ref<SR> sr) {
        Snapshot now = store.snapshot();
        return now.get(sr, SR.PBDS).stream()
                .filter(pbd -> now.get(pbd, PBD.HOST).equals(host))
                .findFirst()
                .orElseThrow();
    }

    /** Both machines have the folder, as with a share of a server. */
    @Test
    void aSharedRepositoryIsAttachedAtEachMachine() throws Exception {
        Path place = folder.resolve("sr");
        Ref<SR> sr = make(own, place, true);
        Ref<VDI> vdi = disks.create(sr, "disk", MIB, VdiType.USER);
        Files.createDirectories(inMember(place).getParent());
        Ref<PBD> second = pbd(member, sr);
        assertThatThrownBy(() -> pbds.plug(call(), second)).hasMessageContaining("SR_BACKEND_FAILURE_");
        assertThat(store.snapshot().get(second, PBD.CURRENTLY_ATTACHED)).isFalse();
        failsWith("SR_HAS_NO_PBDS", () -> disks.guestDisk(store.snapshot(), vdi, member));

        Files.createDirectory(inMember(place));
        assertThatThrownBy(() -> pbds.plug(call(), second))
                .hasMessageContaining("SR_BACKEND_FAILURE_47")
                .hasMessageContaining("is not what other hosts have plugged");
        assertThat(inMember(place)).isEmptyDirectory();
        Files.delete(inMember(place));

        Files.createSymbolicLink(inMember(place), place);
        pbds.plug(call(), second);
        Path link = folder.resolve("mounts-there").resolve(store.snapshot().get(sr, SR.UUID));
        assertThat(link).isSymbolicLink();
        assertThat(disks.guestDisk(store.snapshot(), vdi, member).path()).startsWith(inMember(place));
        assertThat(disks.file(store.snapshot(), vdi)).startsWith(place);

        // Only the machine of a guest may change its disk, and can be asked for it.
        Ref<VM> vm = store.transact(tx -> {
            Ref<VM> made =
                    tx.create(Row.of(VM.XEN_CLASS).with(VM.RESIDENT_ON, member).with(VM.DOMID, 5L));
            tx.create(Row.of(VBD.XEN_CLASS)
                    .with(VBD.VM, made)
                    .with(VBD.VDI, vdi)
                    .with(VBD.MODE, VbdMode.RO)
                    .with(VBD.CURRENTLY_ATTACHED, true));
            return made;
        });
        failsWith("VDI_IN_USE", () -> pbds.unplug(call(), second));
        agents.stop();
        failsWith("HOST_OFFLINE", () -> disks.snapshot(vdi));
        agents.start();
        disks.snapshot(vdi);
        store.change(tx -> tx.get(vm, VM.VBDS).forEach(vbd -> tx.set(vbd, VBD.CURRENTLY_ATTACHED, false)));
        pbds.unplug(call(), second);
        assertThat(link).doesNotExist();
        disks.snapshot(vdi);
    }
}
