package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.DiskFormat;

/** Volumes as libxl and QEMU get them. */
interface GuestContract extends Contract {
    /** The kernel and QEMU read from the file that a guest gets what jxapid reads from the volume. */
    @Test
    default void aGuestReadsWhatTheVolumeHolds() throws IOException {
        byte[] contents = makeFull("a", MIB);
        duplicate("a", "b");
        write("b", contents, 3000, 70_000);
        repository().resize("b", 2 * MIB);
        contents = Arrays.copyOf(contents, 2 * MIB);
        GuestDisk disk = repository().guestDisk("b");
        assertThat(disk.path()).exists();
        if (disk.format() == DiskFormat.RAW) {
            assertThat(Files.readAllBytes(disk.path())).isEqualTo(contents);
        }
        if (Qemu.isThere()) {
            Path raw = Files.createTempFile("jxapi", ".converted");
            String format = disk.format().name().toLowerCase(Locale.ROOT);
            Qemu.run("convert", "-f", format, "-O", "raw", disk.path().toString(), raw.toString());
            assertThat(Files.readAllBytes(raw)).isEqualTo(contents);
            Files.delete(raw);
        }
        assertThat(repository().raw("b"))
                .isEqualTo(hasFiles() && disk.format() == DiskFormat.RAW ? Optional.of(disk.path()) : Optional.empty());
    }
}
