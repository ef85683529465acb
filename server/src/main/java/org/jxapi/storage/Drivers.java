package org.jxapi.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.local.Version;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.volume.Driver;
import org.jxapi.volume.DriverSet;
import org.jxapi.volume.GroupFormats;
import org.jxapi.volume.Origin;
import org.jxapi.volume.Reach;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SM;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

/** The types of storage repositories that this host offers, and the way to each repository, also at other hosts. */
public final class Drivers implements DriverSet {
    private static final Origin OWN = new Origin("jxapi", "", Version.JXAPI, "");

    /** The type of repositories in a folder of this host. */
    private static final String FOLDERS = "file";

    private final Map<String, Driver> drivers = new LinkedHashMap<>();
    private final Reach reach;
    private final HostDrivers hosts;
    private final Leases leases = new Leases();
    private final MergeTurns merges = new MergeTurns();
    private final FormerUsers users = new FormerUsers();

    /** The later of two drivers for one type counts. */
    public Drivers(List<Driver> drivers) {
        this(drivers, Reach.REAL, HostDrivers.ONLY_HERE);
    }

    /**
     * @param reach the way to the repositories of this host
     * @param hosts the drivers of other machines
     */
    public Drivers(List<Driver> drivers, Reach reach, HostDrivers hosts) {
        this.reach = reach;
        this.hosts = hosts;
        drivers.forEach(driver -> this.drivers.put(driver.type(), driver));
    }

    /** The names of all types. */
    List<String> types() {
        return List.copyOf(drivers.keySet());
    }

    /** The driver of a type in any case; SR_UNKNOWN_DRIVER when there is none. */
    Driver of(String type) {
        Driver driver = drivers.get(type.toLowerCase(Locale.ROOT));
        if (driver == null) {
            throw Errors.srUnknownDriver(type);
        }
        return driver;
    }

    /** Whether a plugged PBD leads to a repository. */
    public static boolean isPlugged(Snapshot snapshot, Ref<SR> sr) {
        return snapshot.get(sr, SR.PBDS).stream().anyMatch(pbd -> snapshot.get(pbd, PBD.CURRENTLY_ATTACHED));
    }

    /** Leases of repositories that other hosts reach. */
    Leases leases() {
        return leases;
    }

    @Override
    public Repository repository(String type, Settings settings) {
        Settings folder = reach.folder(settings);
        Repository there =
                folder == null ? of(type).repository(settings) : of(FOLDERS).repository(folder);
        return reach.seen(settings.uuid(), there);
    }

    @Override
    public Driver.Probe probe(String type, Settings settings) {
        return of(type).probe(settings);
    }

    @Override
    public Map<String, String> smConfig(String type, Settings settings) {
        return of(type).smConfig(settings);
    }

    /** The drivers of a host; HOST_OFFLINE if it is another machine that nothing reaches. */
    DriverSet at(Ref<Host> host) {
        return hosts.isHere(host) ? this : hosts.of(host);
    }

    /** Whether the storage of both hosts is that of one machine. */
    boolean sameMachine(Ref<Host> one, Ref<Host> other) {
        return one.equals(other) || hosts.isHere(one) && hosts.isHere(other);
    }

    /** Whether a host's guests use the repository at that place; true for no host. */
    boolean isAt(AttachedSr place, Ref<Host> host) {
        Ref<Host> elsewhere = place.elsewhere();
        return host.isNull() || (elsewhere == null ? hosts.isHere(host) : elsewhere.equals(host));
    }

    boolean isHere(Ref<Host> host) {
        return hosts.isHere(host);
    }

    /**
     * A repository that this pool uses, at this machine if it is plugged here, else at the first host that answers and has it
     * plugged. SR_HAS_NO_PBDS when no plugged PBD leads there, HOST_OFFLINE when no host with one answers, and
     * SR_BACKEND_FAILURE_47 when another pool has taken it.
     */
    AttachedSr attached(Snapshot snapshot, Ref<SR> sr) {
        Row<PBD> first = null;
        for (Ref<PBD> pbd : snapshot.get(sr, SR.PBDS)) {
            Row<PBD> row = snapshot.row(pbd);
            if (row.get(PBD.CURRENTLY_ATTACHED)) {
                if (hosts.isHere(row.get(PBD.HOST))) {
                    return leased(snapshot, row);
                }
                if (first == null || !hosts.isConnected(first.get(PBD.HOST))) {
                    first = row;
                }
            }
        }
        if (first == null) {
            throw Errors.srHasNoPbds(sr.value());
        }
        return leased(snapshot, first);
    }

    private AttachedSr leased(Snapshot snapshot, Row<PBD> pbd) {
        AttachedSr place = by(snapshot, pbd);
        leases.require(snapshot, place);
        return isPluggedElsewhere(snapshot, place)
                ? SharedRepository.of(place, merges, guestsOf(place, snapshot))
                : place;
    }

    /** Whether another machine than that of the place has the repository plugged. */
    boolean isPluggedElsewhere(Snapshot snapshot, AttachedSr place) {
        return snapshot.get(place.sr(), SR.PBDS).stream()
                .map(snapshot::row)
                .anyMatch(other -> other.get(PBD.CURRENTLY_ATTACHED) && !isAt(place, other.get(PBD.HOST)));
    }

    private SharedRepository.Guests guestsOf(AttachedSr place, Snapshot snapshot) {
        return new SharedRepository.Guests() {
            @Override
            public void await(String location) {
                users.await(snapshot, place, location, machine -> at(snapshot, place.sr(), machine));
            }

            @Override
            public void gets(String location) {
                users.gets(place, location);
            }
        };
    }

    /** The repository at a machine that has it plugged; no host is this machine. SR_HAS_NO_PBDS when none has. */
    private AttachedSr at(Snapshot snapshot, Ref<SR> sr, Optional<Ref<Host>> machine) {
        return by(
                snapshot,
                plugged(snapshot, sr, host -> machine.map(host::equals).orElseGet(() -> hosts.isHere(host))));
    }

    /** The plugged PBD of a host that fits; SR_HAS_NO_PBDS when there is none. */
    private static Row<PBD> plugged(Snapshot snapshot, Ref<SR> sr, Predicate<Ref<Host>> fits) {
        for (Ref<PBD> pbd : snapshot.get(sr, SR.PBDS)) {
            Row<PBD> row = snapshot.row(pbd);
            if (row.get(PBD.CURRENTLY_ATTACHED) && fits.test(row.get(PBD.HOST))) {
                return row;
            }
        }
        throw Errors.srHasNoPbds(sr.value());
    }

    /** The merges of layers, and the operations at other machines that stop them. */
    MergeTurns merges() {
        return merges;
    }

    /**
     * The machines that merge layers of a repository: the one of {@link #attached}, and those whose guests have disks of it,
     * since only they can ask the QEMU of a guest.
     */
    List<AttachedSr> merging(Snapshot snapshot, Ref<SR> sr) {
        List<AttachedSr> places = new ArrayList<>(List.of(attached(snapshot, sr)));
        for (Ref<PBD> pbd : snapshot.get(sr, SR.PBDS)) {
            Row<PBD> row = snapshot.row(pbd);
            Ref<Host> host = row.get(PBD.HOST);
            if (row.get(PBD.CURRENTLY_ATTACHED)
                    && !hosts.isHere(host)
                    && hosts.isConnected(host)
                    && places.stream().noneMatch(place -> isAt(place, host))
                    && usesDisks(snapshot, sr, host)) {
                places.add(leased(snapshot, row));
            }
        }
        return places;
    }

    private static boolean usesDisks(Snapshot snapshot, Ref<SR> sr, Ref<Host> host) {
        return snapshot.get(host, Host.RESIDENT_VMS).stream()
                .flatMap(vm -> snapshot.get(vm, VM.VBDS).stream())
                .map(vbd -> snapshot.get(vbd, VBD.VDI))
                .anyMatch(vdi -> snapshot.find(vdi)
                        .filter(disk -> disk.row().get(VDI.SR).equals(sr))
                        .isPresent());
    }

    /** The same at the machine of a host, where a domain gets a disk of it; SR_HAS_NO_PBDS when it is not plugged there. */
    AttachedSr attachedAt(Snapshot snapshot, Ref<SR> sr, Ref<Host> host) {
        return leased(snapshot, plugged(snapshot, sr, other -> sameMachine(other, host)));
    }

    /**
     * The repository of a disk, at the machine whose guest uses the disk: only that machine has what its guest has
     * written, and can ask the guest's QEMU.
     */
    AttachedSr of(Snapshot snapshot, Ref<VDI> vdi) {
        Ref<SR> sr = snapshot.get(vdi, VDI.SR);
        for (Ref<VBD> vbd : snapshot.get(vdi, VDI.VBDS)) {
            Ref<Host> host = snapshot.find(snapshot.get(vbd, VBD.VM))
                    .map(vm -> vm.row().get(VM.RESIDENT_ON))
                    .orElse(Ref.nil());
            if (snapshot.get(vbd, VBD.CURRENTLY_ATTACHED) && !host.isNull() && !hosts.isHere(host)) {
                return attachedAt(snapshot, sr, host);
            }
        }
        return attached(snapshot, sr);
    }

    /** The repository that a PBD leads to, plugged or not; fails when it leads nowhere. */
    AttachedSr by(Snapshot snapshot, Row<PBD> pbd) {
        Row<SR> sr = snapshot.row(pbd.get(PBD.SR));
        return at(snapshot, pbd.get(PBD.SR), sr, pbd.get(PBD.DEVICE_CONFIG), pbd.get(PBD.HOST));
    }

    /**
     * The repository of that type and UUID to which a device_config leads at a host; fails when it leads nowhere, and with
     * HOST_OFFLINE.
     */
    AttachedSr at(Snapshot snapshot, Ref<SR> ref, Row<SR> sr, Map<String, String> deviceConfig, Ref<Host> host) {
        Map<String, String> clear = DeviceSecrets.reveal(snapshot, deviceConfig);
        String uuid = sr.get(SR.UUID);
        Settings settings = new Settings(uuid, clear, sr.get(SR.SM_CONFIG));
        return new AttachedSr(ref, at(host).repository(sr.get(SR.TYPE), settings), hosts.isHere(host) ? null : host);
    }

    /** A repository's settings with those that its driver decides. */
    Row<SR> decided(Snapshot snapshot, Row<SR> sr, Map<String, String> deviceConfig, Ref<Host> host) {
        Map<String, String> clear = DeviceSecrets.reveal(snapshot, deviceConfig);
        Map<String, String> smConfig = new LinkedHashMap<>(sr.get(SR.SM_CONFIG));
        Map<String, String> wanted = new LinkedHashMap<>(smConfig);
        if (sr.get(SR.SHARED)) {
            // Several hosts cannot use a thin pool.
            wanted.putIfAbsent(GroupFormats.ALLOCATION, GroupFormats.THICK);
        }
        smConfig.putAll(at(host).smConfig(sr.get(SR.TYPE), new Settings(sr.get(SR.UUID), clear, wanted)));
        return sr.with(SR.SM_CONFIG, smConfig);
    }

    /** The abilities of a repository; none if there is no driver. */
    static Set<String> features(Snapshot snapshot, Row<SR> sr) {
        String type = sr.get(SR.TYPE);
        for (Stored<SM> sm : snapshot.all(SM.XEN_CLASS)) {
            if (sm.row().get(SM.TYPE).equals(type)) {
                Set<String> all = sm.row().get(SM.FEATURES).keySet();
                Set<String> lacking = GroupFormats.lacking(type, sr.get(SR.SM_CONFIG));
                return lacking.isEmpty()
                        ? all
                        : all.stream().filter(each -> !lacking.contains(each)).collect(Collectors.toSet());
            }
        }
        return Set.of();
    }

    /** Makes the SM objects those of this version's drivers. */
    void publish(Transaction tx) {
        Map<String, Ref<SM>> known = new LinkedHashMap<>();
        for (Stored<SM> stored : List.copyOf(tx.all(SM.XEN_CLASS))) {
            if (drivers.containsKey(stored.row().get(SM.TYPE))) {
                known.put(stored.row().get(SM.TYPE), stored.ref());
            } else {
                tx.destroy(stored.ref());
            }
        }
        for (Driver driver : drivers.values()) {
            Ref<SM> sm = known.get(driver.type());
            if (sm == null) {
                sm = tx.create(Row.of(SM.XEN_CLASS).with(SM.TYPE, driver.type()));
            }
            describe(tx, sm, driver);
        }
    }

    private static void describe(Transaction tx, Ref<SM> sm, Driver driver) {
        Map<String, Long> features = new LinkedHashMap<>();
        driver.features().forEach(feature -> features.put(feature, 1L));
        Origin given = driver.origin();
        Origin origin = given == null ? OWN : given;
        tx.set(sm, SM.NAME_LABEL, driver.label());
        tx.set(sm, SM.NAME_DESCRIPTION, driver.description());
        tx.set(sm, SM.VENDOR, origin.vendor());
        tx.set(sm, SM.COPYRIGHT, origin.copyright());
        tx.set(sm, SM.VERSION, origin.version());
        tx.set(sm, SM.DRIVER_FILENAME, origin.file());
        tx.set(sm, SM.REQUIRED_API_VERSION, "1.0");
        tx.set(sm, SM.CONFIGURATION, driver.configuration());
        tx.set(sm, SM.CAPABILITIES, driver.features());
        tx.set(sm, SM.FEATURES, features);
        tx.set(sm, SM.SUPPORTED_IMAGE_FORMATS, driver.formats());
    }
}
