package org.jxapi.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jxapi.agent.CallersDisks;
import org.jxapi.agent.CallersGroups;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.iscsi.Sessions;
import org.jxapi.storage.Drivers;
import org.jxapi.storage.HostDrivers;
import org.jxapi.volume.DeviceDriver;
import org.jxapi.volume.Driver;
import org.jxapi.volume.DriverSet;
import org.jxapi.volume.FileDriver;
import org.jxapi.volume.FolderFormats;
import org.jxapi.volume.GroupFormats;
import org.jxapi.volume.IscsiDriver;
import org.jxapi.volume.IsoDriver;
import org.jxapi.volume.LiveDisks;
import org.jxapi.volume.LvmDriver;
import org.jxapi.volume.LvmHbaDriver;
import org.jxapi.volume.LvmIscsiDriver;
import org.jxapi.volume.Mounts;
import org.jxapi.volume.NfsDriver;
import org.jxapi.volume.SmbDriver;
import org.jxapi.volume.UdevDriver;
import org.jxapi.volume.ZfsDriver;

/** The storage drivers of this machine. An agent serves the same ones as the daemon of a pool uses itself. */
final class StorageDrivers {
    private StorageDrivers() {}

    /** Those that a member of a pool serves; its coordinator knows the guests. */
    static DriverSet ofMember(Path data, HostStorage host, DiskImages images, Supplier<String> initiator) {
        HostStorage asking = host.changing(new CallersGroups(host.groups()));
        return new Drivers(
                of(data, asking, new CallersDisks(images), initiator, List.of()), host.reach(), HostDrivers.ONLY_HERE);
    }

    /**
     * All of them.
     *
     * @param data the daemon's own folder
     * @param initiator this host's name as an iSCSI initiator
     * @param more further ones, which need the records of a pool
     */
    static List<Driver> of(Path data, HostStorage host, LiveDisks live, Supplier<String> initiator, List<Driver> more) {
        Mounts mounts = host.mounts();
        FolderFormats formats = new FolderFormats(live);
        GroupFormats groups = new GroupFormats(live, host.groups(), mounts);
        Sessions sessions = Sessions.ofThisHost(initiator);
        List<Driver> all = new ArrayList<>(List.of(
                new FileDriver(mounts, formats),
                new IsoDriver(mounts, data.resolve("marks")),
                DeviceDriver.ext(mounts, formats),
                DeviceDriver.xfs(mounts, formats),
                new LvmDriver(groups),
                new LvmHbaDriver(groups),
                new LvmIscsiDriver(sessions, groups),
                new IscsiDriver(sessions),
                new UdevDriver(),
                new NfsDriver(mounts, formats),
                new SmbDriver(mounts, formats),
                new ZfsDriver(mounts, formats)));
        all.addAll(more);
        all.addAll(host.drivers().drivers(all.stream().map(Driver::type).collect(Collectors.toSet()), live));
        return all;
    }
}
