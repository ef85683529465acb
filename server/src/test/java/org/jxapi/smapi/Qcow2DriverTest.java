package org.jxapi.smapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.ExampleDriver;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.image.Image;
import org.jxapi.image.Qcow2Image;
import org.jxapi.volume.Driver;
import org.jxapi.volume.GuestDisk;
import org.jxapi.volume.LiveDisks;
import org.jxapi.volume.NoGuests;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Settings;
import org.jxapi.xenapi.ImageFormatType;

/** A driver whose volumes are qcow2 images. */
class Qcow2DriverTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private Path image;

    @BeforeEach
    void make() throws IOException {
        image = folder.resolve("volume.qcow2");
        Qcow2Image.create(image, MIB, null);
        String features = "\"VDI_CREATE\",\"VDI_CLONE\",\"VDI_RESIZE\"],\"supported_image_formats\":[\"qcow2\"";
        ExampleDriver.shell(folder, "cow", """
                case $1 in
                Plugin.query) echo '%s' ;;
                SR.attach) echo '"x"' ;;
                Volume.clone) echo null ;;
                Volume.resize) : ;;
                *) echo '{"key":"v","virtual_size":1048576,"physical_utilisation":0,"uri":["qcow2+file://%s"]}' ;;
                esac
                """.formatted(ExampleDriver.description("cow", features), image));
    }

    private Driver driver(LiveDisks live) {
        return new DriverFolder(folder, folder.resolve("marks"), Duration.ofSeconds(60))
                .drivers(Set.of(), live)
                .get(0);
    }

    private static Repository repository(Driver driver) {
        return driver.repository(new Settings("6f1ba3cb-5d2d-4b1c-9c1e-0c8bd6c0f002", Map.of(), Map.of()));
    }

    @Test
    void jxapidReadsItAndGuestsGetItFromQemu() throws IOException {
        Driver driver = driver(new NoGuests());
        assertThat(driver.formats()).containsExactly(ImageFormatType.QCOW2);
        Repository repository = repository(driver);
        try (Image disk = repository.open("v", true)) {
            disk.write(70_000, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            disk.sync();
        }
        try (Image disk = Qcow2Image.open(image, false)) {
            ByteBuffer read = ByteBuffer.allocate(3);
            disk.read(70_000, read);
            assertThat(read.array()).containsExactly(1, 2, 3);
        }
        assertThat(repository.guestDisk("v")).isEqualTo(new GuestDisk(image, DiskFormat.QCOW2, DiskBackend.QDISK));
        assertThat(repository.raw("v")).isEmpty();
        assertThat(repository.clone("v", "w")).isFalse();
        repository.resize("v", 2 * MIB);
    }

    /** QEMU's memory has clusters that are not in the file yet. */
    @Test
    void nothingElseTouchesItWhileAGuestRuns() {
        Repository repository = repository(driver(new OneGuest()));
        assertThatThrownBy(() -> repository.open("v", false).close()).hasMessageContaining("domain 7 uses");
        assertThatThrownBy(() -> repository.clone("v", "w")).hasMessageContaining("domain 7 uses");
        assertThatThrownBy(() -> repository.resize("v", 2 * MIB)).hasMessageContaining("domain 7 uses");
        assertThat(repository.guestDisk("v").path()).isEqualTo(image);
    }

    private static final class OneGuest implements LiveDisks {
        @Override
        public List<Guest> guests(String sr, String location) {
            return List.of(new Guest(7, true, true));
        }

        @Override
        public DiskImages images() {
            throw new UnsupportedOperationException("not asked for");
        }
    }
}
