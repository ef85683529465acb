package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.volume.Grounds.Ground;

/** The choice between raw and qcow2. */
class ImageFolderTest {
    @RegisterExtension
    static final Grounds GROUNDS = new Grounds();

    private static ImageFolder made(Ground ground, String preferred) {
        ImageFolder repository = new ImageFolder(GROUNDS.fresh(ground), "sr", preferred, new NoGuests(), new Merges());
        repository.create();
        repository.attach();
        return repository;
    }

    @ParameterizedTest
    @CsvSource({
        "XFS, '', RAW",
        "EXT4, '', QCOW2",
        "XFS, 'qcow2,raw', QCOW2",
        "EXT4, 'RAW', RAW",
        "EXT4, 'vhd, raw', RAW",
        "XFS, 'vhd', RAW"
    })
    void newDisksAreRawWhereFilesShareBlocks(Ground ground, String preferred, DiskFormat format) throws IOException {
        ImageFolder repository = made(ground, preferred);
        repository.begin("a");
        repository.create("a", 1 << 20);
        assertThat(repository.guestDisk("a").format()).isEqualTo(format);
        repository.begin("plain");
        repository.create("plain", 1 << 20, true);
        assertThat(repository.guestDisk("plain").format()).isEqualTo(DiskFormat.RAW);
        repository.discard("plain");
        repository.keep("a");
        assertThat(repository.folder().orElseThrow().toFile().list()).hasSize(1);
    }

    @Test
    void anImageInBothFormatsIsOneVolume() throws IOException {
        ImageFolder repository = made(Ground.TEMPORARY, "qcow2");
        repository.create("a", 2 << 20);
        Path raw = repository.folder().orElseThrow().resolve("a.raw");
        Files.write(raw, new byte[1 << 20]);
        assertThat(repository.volumes()).hasSize(1).allSatisfy(volume -> {
            assertThat(volume.bytes()).isEqualTo(2 << 20).isEqualTo(repository.bytes("a"));
            assertThat(volume.path()).isEqualTo(repository.path("a")).isNotEqualTo(raw);
        });
    }
}
