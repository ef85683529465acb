package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.volume.ScsiDisks.Disk;

/** Disks as the kernel describes them, in a folder like /sys. */
class ScsiDisksTest {
    private static final String IQN = "iqn.2026-11.org.example:disks";

    @TempDir
    Path sys;

    private void disk(String name, String address, String wwid, String type, String parent) throws IOException {
        Path device =
                Files.createDirectories(sys.resolve("devices").resolve(parent).resolve(address));
        Files.writeString(device.resolve("wwid"), wwid + "\n");
        Files.writeString(device.resolve("type"), type + "\n");
        Files.writeString(device.resolve("vendor"), "IET     \n");
        byte[] serial = "\0x\0\10beaf11  ".getBytes(StandardCharsets.US_ASCII);
        serial[1] = (byte) 0x80;
        Files.write(device.resolve("vpd_pg80"), serial);
        Path block = Files.createDirectories(sys.resolve("block").resolve(name));
        Files.createSymbolicLink(block.resolve("device"), device);
        Files.writeString(block.resolve("size"), "2048\n");
    }

    @BeforeEach
    void make() throws IOException {
        disk("xtest0", "10:0:0:1", "naa.6001405abc", "0", "pci/host10");
        disk("xtest1", "2:0:1:1", "naa.6001405abc", "0", "pci/host2");
        disk("xtest2", "3:0:0:2", "t10.IET     00010002  ", "0", "platform/host3/session7/target3:0:0");
        disk("xtest3", "4:0:0:0", "t10.QEMU    DVD", "5", "pci/host4");
        Path session = Files.createDirectories(sys.resolve("devices/platform/host3/session7/iscsi_session/session7"));
        Files.writeString(session.resolve("targetname"), IQN + "\n");
        Files.createDirectories(sys.resolve("block/loop7"));
        Path adapter = Files.createDirectories(sys.resolve("class/scsi_host/host2"));
        Files.writeString(adapter.resolve("proc_name"), "qla2xxx\n");
    }

    private ScsiDisks disks() {
        return new ScsiDisks(sys.resolve("block"));
    }

    @Test
    void disksAreFoundInTheOrderOfTheirAddresses() throws IOException {
        assertThat(disks().all())
                .extracting(disk -> disk.path().getFileName().toString())
                .containsExactly("xtest1", "xtest2", "xtest0");
        assertThat(disks().all().get(1))
                .isEqualTo(new Disk(
                        Path.of("/dev/xtest2"),
                        "1IET_00010002",
                        List.of("3", "0", "0", "2"),
                        "IET",
                        "beaf11",
                        1 << 20,
                        IQN));
        assertThat(disks().all().get(0).target()).isEmpty();
    }

    /** The names that scsi_id(8) makes of the kernel's. */
    @Test
    void namesAreThoseOfScsiId() {
        assertThat(ScsiDisks.scsiId("naa.6001405abc")).isEqualTo("36001405abc");
        assertThat(ScsiDisks.scsiId("eui.0025385")).isEqualTo("20025385");
        assertThat(ScsiDisks.scsiId("t10.ATA     QEMU HARDDISK   QM00001 ")).isEqualTo("1ATA_QEMU_HARDDISK_QM00001");
        assertThat(ScsiDisks.scsiId("uuid.1")).isEmpty();
    }

    @Test
    void aMapOfAllPathsComesBeforeAPath() throws IOException {
        assertThat(disks().find("36001405abc")).contains(Path.of("/dev/xtest1"));
        Path map = Files.createDirectories(sys.resolve("block/dm-3/dm"));
        Files.writeString(map.resolve("uuid"), "mpath-36001405abc\n");
        Files.writeString(map.resolve("name"), "mpatha\n");
        assertThat(disks().find("36001405abc")).contains(Path.of("/dev/mapper/mpatha"));
        assertThat(disks().find("other")).isEmpty();
    }

    /** The XML of devscan.py, which XenCenter reads. */
    @Test
    void aProbeWithoutAScsiIdFailsWithTheDisks() throws IOException {
        // Disks that the host does not have itself are not free.
        LvmHbaDriver driver = new LvmHbaDriver(disks(), TestDrivers.groups());
        XenApiException missing =
                catchThrowableOfType(XenApiException.class, () -> driver.probe(new Settings("", Map.of(), Map.of())));
        assertThat(missing.code()).isEqualTo("SR_BACKEND_FAILURE_107");
        assertThat(missing.params().get(2)).isEqualTo("<?xml version=\"1.0\" ?>\n<Devlist/>\n");
        assertThat(LvmHbaDriver.list(disks(), disk -> disk.target().isEmpty())).isEqualTo("""
                <?xml version="1.0" ?>
                <Devlist>
                \t<BlockDevice>
                \t\t<path>/dev/xtest1 [xtest0]</path>
                \t\t<numpaths>2</numpaths>
                \t\t<SCSIid>36001405abc</SCSIid>
                \t\t<vendor>IET</vendor>
                \t\t<serial>beaf11</serial>
                \t\t<size>1048576</size>
                \t\t<adapter>2</adapter>
                \t\t<channel>0</channel>
                \t\t<id>1</id>
                \t\t<lun>1</lun>
                \t\t<hba>qla2xxx</hba>
                \t</BlockDevice>
                \t<Adapter>
                \t\t<host>host2</host>
                \t\t<name>qla2xxx</name>
                \t\t<id>2</id>
                \t</Adapter>
                \t<Adapter>
                \t\t<host>host10</host>
                \t\t<name></name>
                \t\t<id>10</id>
                \t</Adapter>
                </Devlist>
                """);
    }

    @Test
    void aDiskThatIsNotThereIsAnError() {
        LvmHbaDriver driver = new LvmHbaDriver(disks(), TestDrivers.groups());
        assertThatThrownBy(() -> driver.repository(new Settings("u", Map.of("SCSIid", "other"), Map.of()))
                        .attach())
                .hasMessageContaining("SR_BACKEND_FAILURE_107")
                .hasMessageContaining("no disk has the SCSI id other");
    }

    @Test
    void drivesAndRemovableDisksAreVolumesOfUdev() throws IOException {
        Files.createDirectories(sys.resolve("block/sr0/device"));
        Files.writeString(sys.resolve("block/sr0/size"), "8\n");
        Files.writeString(sys.resolve("block/sr0/removable"), "1\n");
        Files.writeString(sys.resolve("block/sr0/device/model"), "QEMU DVD-ROM\n");
        Files.createDirectories(sys.resolve("block/xusb"));
        Files.writeString(sys.resolve("block/xusb/size"), "16\n");
        Files.writeString(sys.resolve("block/xusb/removable"), "1\n");
        UdevDriver driver = new UdevDriver(sys.resolve("block"), sys.resolve("class"));
        Repository discs = driver.repository(new Settings("u", Map.of("location", "/dev/xapi/cd"), Map.of()));
        assertThat(discs.readOnly()).isTrue();
        assertThat(discs.volumes()).singleElement().satisfies(disc -> {
            assertThat(disc.location()).isEqualTo("/dev/xapi/cd/sr0");
            assertThat(disc.path()).isEqualTo(Path.of("/dev/sr0"));
            assertThat(disc.bytes()).isEqualTo(4096);
            assertThat(disc.label()).isEqualTo("QEMU DVD-ROM (sr0)");
            assertThat(disc.smConfig()).containsKey("hotplugged_at");
        });
        Repository disks = driver.repository(new Settings("u", Map.of("location", "/dev/xapi/block"), Map.of()));
        assertThat(disks.readOnly()).isFalse();
        assertThat(disks.volumes()).extracting(Volume::location).containsExactly("/dev/xapi/block/xusb");
        assertThat(disks.holds("/dev/xapi/block/xusb")).isTrue();
        assertThat(disks.holds("/dev/xapi/block/sr0")).isFalse();
        assertThat(disks.usage()).isEqualTo(new Usage(8192, 8192));
        assertThatThrownBy(() -> disks.create("a", 1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> disks.discard("/dev/xapi/block/xusb")).isInstanceOf(IOException.class);
    }
}
