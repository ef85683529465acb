package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.image.Image;

/** Disks as chains of qcow2 images, while no guest runs. */
class ImageChainsTest {
    private static final int MIB = 1 << 20;
    private static final long SIZE = 16L * MIB;

    @TempDir
    Path folder;

    private ImageFolder repository;

    @BeforeEach
    void create() throws IOException {
        repository = new ImageFolder(folder, "sr", "qcow2", new NoGuests(), new Merges());
        make("disk");
    }

    /** No image is damaged, and each chain is complete. */
    @AfterEach
    void check() throws Exception {
        for (Volume volume : repository.volumes()) {
            try (Image image = repository.open(volume.location(), false)) {
                image.read(0, ByteBuffer.allocate(MIB));
            }
        }
    }

    private void make(String location) throws IOException {
        repository.begin(location);
        repository.create(location, SIZE, false);
        repository.keep(location);
    }

    private void clone(String from, String to) throws IOException {
        repository.begin(to);
        assertThat(repository.clone(from, to)).isTrue();
        repository.keep(to);
    }

    /** Fills the MiB of a disk at {@code at} with a byte. */
    private void write(String location, int at, int value) throws IOException {
        try (Image image = repository.open(location, true)) {
            ByteBuffer bytes = ByteBuffer.allocate(MIB);
            while (bytes.hasRemaining()) {
                bytes.put((byte) value);
            }
            image.write((long) at * MIB, bytes.flip());
            image.sync();
        }
    }

    /** The first bytes of the first MiBs of a disk. */
    private String read(String location) throws IOException {
        StringBuilder read = new StringBuilder();
        try (Image image = repository.open(location, false)) {
            for (int at = 0; at < 4; at++) {
                ByteBuffer one = ByteBuffer.allocate(1);
                image.read((long) at * MIB, one);
                read.append(one.get(0));
            }
        }
        return read.toString();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void coalesce() throws IOException {
        while (repository.coalesce(location -> true, done -> {})) {
            // One step after the other.
        }
    }

    private List<String> locations() {
        return repository.volumes().stream().map(Volume::location).toList();
    }

    @Test
    void aCloneIsALayerThatIsIndependent() throws IOException {
        write("disk", 0, 1);
        clone("disk", "clone");
        write("disk", 1, 2);
        write("clone", 2, 3);
        assertThat(read("disk")).isEqualTo("1200");
        assertThat(read("clone")).isEqualTo("1030");
        assertThat(files()).containsExactly("clone.qcow2", "disk.jxapi-1.qcow2", "disk.qcow2");
        assertThat(locations()).containsExactly("clone", "disk");
        assertThat(repository.guestDisk("disk").path()).isEqualTo(folder.resolve("disk.jxapi-1.qcow2"));
    }

    @Test
    void cloningWhatHasNotChangedAddsNoLayers() throws IOException {
        write("disk", 0, 1);
        for (int i = 0; i < 40; i++) {
            clone("disk", "clone" + i);
        }
        assertThat(files()).hasSize(42);
        clone("clone3", "clone of clone");
        assertThat(read("clone of clone")).isEqualTo("1000");
        assertThat(Layers.depth(folder.resolve("clone of clone.qcow2"))).isEqualTo(2);
    }

    @Test
    void aChainThatIsTooLongIsRefused() throws IOException {
        for (int i = 0; i < 29; i++) {
            write("disk", 0, i);
            clone("disk", "clone" + i);
        }
        write("disk", 0, 50);
        assertThatThrownBy(() -> repository.clone("disk", "more")).hasMessageContaining("SR_BACKEND_FAILURE_109");
        assertThat(read("disk")).isEqualTo("50000");
        assertThat(read("clone7")).isEqualTo("7000");
    }

    @Test
    void aVolumeMayGoWhileOthersNeedItsLayers() throws IOException {
        write("disk", 0, 1);
        clone("disk", "clone");
        repository.begin("disk");
        repository.discard("disk");
        assertThat(repository.holds("disk")).isFalse();
        assertThat(repository.pending("disk")).isFalse();
        assertThat(locations()).containsExactly("clone");
        assertThat(files()).containsExactly("clone.qcow2", "disk.jxapi-gone", "disk.qcow2");
        repository.tidy(Set.of("clone")::contains, location -> false);
        assertThat(read("clone")).isEqualTo("1000");
        coalesce();
        assertThat(files()).containsExactly("clone.qcow2");
        repository.tidy(Set.of("clone")::contains, location -> false);
        assertThat(files()).containsExactly("clone.qcow2");
        assertThat(read("clone")).isEqualTo("1000");
    }

    @Test
    void layersThatNoSnapshotNeedsAreMerged() throws IOException {
        for (int i = 0; i < 4; i++) {
            write("disk", i, i + 1);
            clone("disk", "snapshot" + i);
        }
        assertThat(Layers.depth(repository.path("disk"))).isEqualTo(5);
        for (String gone : List.of("snapshot1", "snapshot0", "snapshot2")) {
            repository.begin(gone);
            repository.discard(gone);
        }
        write("disk", 0, 9);
        coalesce();
        assertThat(Layers.depth(repository.path("disk"))).isEqualTo(2);
        assertThat(read("disk")).isEqualTo("9234");
        assertThat(read("snapshot3")).isEqualTo("1234");
        repository.begin("snapshot3");
        repository.discard("snapshot3");
        coalesce();
        assertThat(files()).hasSize(1);
        assertThat(read("disk")).isEqualTo("9234");
    }

    @Test
    void aMergeGivesWayToWhoNeedsTheDisk() throws IOException {
        write("disk", 0, 1);
        clone("disk", "snapshot");
        write("disk", 1, 2);
        repository.begin("snapshot");
        repository.discard("snapshot");
        assertThat(repository.coalesce(location -> true, done -> {
                    throw new CancellationException();
                }))
                .isFalse();
        assertThat(read("disk")).isEqualTo("1200");
        assertThat(repository.coalesce(location -> false, done -> {})).isFalse();
        assertThat(files()).hasSize(2);
        coalesce();
        assertThat(files()).hasSize(1);
        assertThat(read("disk")).isEqualTo("1200");
    }

    @Test
    void revertGivesTheContentsOfASnapshot() throws IOException {
        write("disk", 0, 1);
        clone("disk", "snapshot");
        write("disk", 0, 2);
        assertThat(repository.revert("snapshot", "disk")).isTrue();
        assertThat(read("disk")).isEqualTo("1000");
        write("disk", 1, 3);
        assertThat(read("snapshot")).isEqualTo("1000");
        assertThat(files()).as("the layer that was given up is gone").hasSize(3);
    }

    @Test
    void aDiskStartsFromWhatWasKept() throws IOException {
        write("disk", 0, 1);
        repository.keepBase("disk");
        for (int i = 0; i < 3; i++) {
            write("disk", 0, 7);
            coalesce();
            repository.reset("disk", SIZE);
            assertThat(read("disk")).isEqualTo("1000");
        }
        repository.tidy(Set.of("disk")::contains, Set.of("disk")::contains);
        repository.reset("disk", SIZE);
        assertThat(read("disk")).isEqualTo("1000");
        repository.dropBase("disk");
        coalesce();
        assertThat(files()).hasSize(1);
        assertThat(read("disk")).isEqualTo("1000");
    }

    @Test
    void newContentsTakeThePlaceOfTheOldInOneStep() throws IOException {
        write("disk", 0, 1);
        try (Stage stage = repository.stageCopy("disk", done -> {})) {
            try (Image image = stage.open()) {
                image.write(MIB, ByteBuffer.wrap(new byte[] {2}));
            }
        }
        assertThat(read("disk")).isEqualTo("1000");
        try (Stage stage = repository.stageCopy("disk", done -> {})) {
            try (Image image = stage.open()) {
                image.write(MIB, ByteBuffer.wrap(new byte[] {2}));
            }
            stage.take();
        }
        assertThat(read("disk")).isEqualTo("1200");
        try (Stage stage = repository.stage("disk", SIZE)) {
            try (Image image = stage.open()) {
                image.write(2L * MIB, ByteBuffer.wrap(new byte[] {3}));
            }
            stage.take();
        }
        assertThat(read("disk")).isEqualTo("0030");
        assertThat(files()).hasSize(1);
    }

    @Test
    void whatHasNoRowIsRemovedAfterACrash() throws IOException {
        write("disk", 0, 1);
        repository.begin("new");
        repository.clone("disk", "new");
        Files.write(folder.resolve("disk.jxapi-part"), new byte[100]);
        Files.write(folder.resolve("notes.txt"), new byte[100]);
        repository.tidy(Set.of("disk")::contains, location -> false);
        assertThat(files()).containsExactly("disk.jxapi-1.qcow2", "disk.qcow2", "notes.txt");
        coalesce();
        assertThat(read("disk")).isEqualTo("1000");
    }

    /** Which layers are behind it is not known, so none is removed before it is. */
    @Test
    void anImageThatIsDamagedCanBeRemovedAndHarmsNoOther() throws IOException {
        write("disk", 0, 1);
        clone("disk", "snapshot");
        clone("disk", "damaged");
        Files.write(folder.resolve("damaged.qcow2"), new byte[4096]);
        assertThat(locations()).containsExactly("disk", "snapshot");
        assertThat(repository.holds("damaged")).isTrue();
        assertThatThrownBy(() -> repository.open("damaged", false)).hasMessageContaining("damaged.qcow2");
        repository.begin("disk");
        repository.discard("disk");
        repository.begin("snapshot");
        repository.discard("snapshot");
        assertThat(files()).contains("disk.qcow2");
        repository.begin("damaged");
        repository.discard("damaged");
        assertThat(files()).isEmpty();
    }

    @Test
    void rawDisksOfEarlierVersionsStayRaw() throws IOException {
        Files.write(folder.resolve("old.raw"), new byte[MIB]);
        assertThat(locations()).containsExactly("disk", "old");
        assertThat(repository.raw("old")).contains(folder.resolve("old.raw"));
        repository.resize("old", 2L * MIB);
        assertThat(repository.bytes("old")).isEqualTo(2L * MIB);
        try (Stage stage = repository.stage("old", MIB)) {
            stage.take();
        }
        assertThat(files()).containsExactly("disk.qcow2", "old.raw");
    }

    @Test
    void sizesAreThoseOfTheDisk() throws IOException {
        clone("disk", "clone");
        repository.resize("disk", 2 * SIZE);
        assertThat(repository.bytes("disk")).isEqualTo(2 * SIZE);
        assertThat(repository.bytes("clone")).isEqualTo(SIZE);
        repository.begin("clone");
        repository.discard("clone");
        coalesce();
        assertThat(repository.bytes("disk")).isEqualTo(2 * SIZE);
        assertThat(files()).hasSize(1);
    }
}
