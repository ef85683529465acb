package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.Device;
import org.jxapi.hypervisor.DeviceInfo;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;

/** Disks and nics of a running guest. */
interface DevicesContract extends Contract {
    int CONNECTED = 4;

    default Devices devices() {
        return hypervisor().devices();
    }

    private void untilConnected(int domid, Device device) {
        eventually("the guest uses it", () -> devices().info(domid, device).state() == CONNECTED);
    }

    @Test
    default void aDiskComesAndGoesWhileTheGuestRuns() {
        int domid = boot("disk");
        DiskConfig disk = machine().disk("xvdb");

        devices().add(domid, disk);

        assertThat(devices().list(domid, DiskConfig.class))
                .singleElement()
                .satisfies(d -> assertThat(d.vdev()).isEqualTo("xvdb"))
                .satisfies(d -> assertThat(d.pdevPath()).isEqualTo(disk.pdevPath()));
        assertThat(devices().list(domid, NicConfig.class)).isEmpty();
        assertThat(hypervisor().domains().config(domid).disks()).hasSize(1);
        untilConnected(domid, disk);
        DeviceInfo info = devices().info(domid, disk);
        assertThat(info.frontendId()).isEqualTo(domid);
        assertThat(info.backendId()).isZero();
        assertThat(info.devid()).isEqualTo(51_728);

        devices().remove(domid, disk);

        assertThat(devices().list(domid, DiskConfig.class)).isEmpty();
        assertThat(hypervisor().domains().config(domid).disks()).isEmpty();
    }

    @Test
    default void aDiskThatNeedsADeviceModelComesToAGuestWithoutOne() {
        int domid = boot("model");
        DiskConfig disk =
                machine().disk("xvdb").toBuilder().backend(DiskBackend.QDISK).build();

        devices().add(domid, disk);

        untilConnected(domid, disk);
        DiskConfig second =
                machine().disk("xvdc").toBuilder().backend(DiskBackend.QDISK).build();
        devices().add(domid, second);
        untilConnected(domid, second);
        devices().remove(domid, disk);
        assertThat(devices().list(domid, DiskConfig.class))
                .singleElement()
                .satisfies(d -> assertThat(d.vdev()).isEqualTo("xvdc"));
    }

    @Test
    default void aNicComesAndGoesWhileTheGuestRuns() {
        int domid = boot("nic");
        NicConfig nic = machine().nic();

        NicConfig added = devices().add(domid, nic);
        NicConfig second = devices().add(domid, machine().nic());

        assertThat(added.devid()).isZero();
        assertThat(second.devid()).isEqualTo(1);
        assertThat(devices().list(domid, NicConfig.class))
                .extracting(NicConfig::mac)
                .containsExactlyInAnyOrder(nic.mac(), second.mac());
        untilConnected(domid, added);
        assertThat(devices().info(domid, added).devid()).isZero();

        devices().remove(domid, added);

        assertThat(devices().list(domid, NicConfig.class))
                .extracting(NicConfig::devid)
                .containsExactly(1);
    }

    @Test
    default void aDeviceIsTakenAwayWithoutAskingTheGuest() {
        int domid = create("force");
        DiskConfig disk = machine().disk("xvda");
        NicConfig nic = devices().add(domid, machine().nic());
        devices().add(domid, disk);

        devices().destroy(domid, disk);
        devices().destroy(domid, nic);

        assertThat(devices().list(domid, DiskConfig.class)).isEmpty();
        assertThat(devices().list(domid, NicConfig.class)).isEmpty();
    }

    @Test
    default void aPlaceHasOneDeviceAndAnEmptyPlaceNone() {
        int domid = create("place");
        DiskConfig disk = machine().disk("xvda");
        devices().add(domid, disk);
        NicConfig nic = devices().add(domid, machine().nic());

        assertThat(Contract.errorOf(() -> devices().add(domid, machine().disk("xvda"))))
                .isEqualTo(LibxlError.DEVICE_EXISTS);
        assertThat(Contract.errorOf(() -> devices().add(domid, nic))).isEqualTo(LibxlError.DEVICE_EXISTS);
        DiskConfig absent = machine().disk("xvdc");
        assertThat(Contract.errorOf(() -> devices().remove(domid, absent))).isEqualTo(LibxlError.NOTFOUND);
        assertThat(Contract.errorOf(() -> devices().destroy(domid, absent))).isEqualTo(LibxlError.NOTFOUND);
        assertThat(Contract.errorOf(() -> devices().info(domid, absent))).isEqualTo(LibxlError.NOTFOUND);
        NicConfig other = nic.toBuilder().devid(7).build();
        assertThat(Contract.errorOf(() -> devices().remove(domid, other))).isEqualTo(LibxlError.NOTFOUND);
        assertThat(devices().list(domid, DiskConfig.class)).hasSize(1);
    }

    @Test
    default void aDiskWhoseFileIsNotThereIsRefused() {
        int domid = create("file");
        DiskConfig disk =
                machine().disk("xvda").toBuilder().pdevPath("/no/such/file").build();

        assertThat(Contract.errorOf(() -> devices().add(domid, disk))).isEqualTo(LibxlError.INVAL);
        assertThat(devices().list(domid, DiskConfig.class)).isEmpty();
    }

    @Test
    default void aDiscIsOnlyPutIntoACdDrive() {
        int domid = create("disc");
        DiskConfig disk = machine().disk("xvda");
        devices().add(domid, disk);

        assertThat(Contract.errorOf(() -> devices().cdromEject(domid, "xvda"))).isEqualTo(LibxlError.INVAL);
        assertThat(Contract.errorOf(() -> devices().cdromEject(domid, "xvdc"))).isEqualTo(LibxlError.NOTFOUND);
    }
}
