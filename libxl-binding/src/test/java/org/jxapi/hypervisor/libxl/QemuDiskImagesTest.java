package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DiskImages.Overlay;
import org.jxapi.hypervisor.HypervisorException;

/** QEMU's block layer in its storage daemon, without a domain; qemu-io, through NBD, is the guest that writes. */
class QemuDiskImagesTest {
    private static final int DOMID = 1;

    @TempDir
    Path folder;

    private StorageDaemon qemu;
    private QemuDiskImages images;

    @BeforeEach
    void start() throws Exception {
        qemu = new StorageDaemon(folder);
        for (String disk : List.of("a", "b")) {
            qemu.serve(disk, disk + "-qcow2", disk);
        }
        qemu.open("c", "c-qcow2", "");
        qemu.start();
        images = qemu.images();
    }

    @AfterEach
    void stop() throws Exception {
        if (qemu != null) {
            qemu.close();
        }
    }

    private Path file(String name) {
        return qemu.file(name);
    }

    private void create(String name, String backing) throws Exception {
        qemu.create(name, backing);
    }

    private void write(String disk, int value, long offset, long length) throws Exception {
        qemu.write(disk, value, offset, length);
    }

    private void reads(String name, int value, long offset) throws Exception {
        qemu.reads(name, value, offset);
    }

    @Test
    void theGuestWritesToTheOverlaysFromOneMomentOn() throws Exception {
        write("a", 1, 0, 2);
        create("a1", "a");
        create("b1", "b");
        assertThat(images.isOpen(DOMID, file("a"))).isTrue();
        assertThat(images.isOpen(DOMID, file("a1"))).isFalse();
        images.snapshot(DOMID, List.of(new Overlay(file("a"), file("a1")), new Overlay(file("b"), file("b1"))));
        assertThat(images.isOpen(DOMID, file("a"))).isTrue();
        assertThat(images.isOpen(DOMID, file("a1"))).isTrue();
        write("a", 2, 1, 1);
        write("b", 3, 0, 1);
        reads("a", 1, 1);
        reads("a1", 1, 0);
        reads("a1", 2, 1);
        reads("b", 0, 0);
        reads("b1", 3, 0);
    }

    @Test
    void ofOverlaysThatCannotAllBeUsedNoneIs() throws Exception {
        create("a1", "a");
        assertThatThrownBy(() -> images.snapshot(
                        DOMID, List.of(new Overlay(file("a"), file("a1")), new Overlay(file("b"), file("missing")))))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("missing");
        write("a", 2, 0, 1);
        reads("a", 2, 0);
        assertThat(images.isOpen(DOMID, file("a1"))).isFalse();
    }

    @Test
    void anImageBehindTheActiveOneIsMerged() throws Exception {
        write("a", 1, 0, 3);
        create("a1", "a");
        images.snapshot(DOMID, List.of(new Overlay(file("a"), file("a1"))));
        write("a", 2, 1, 1);
        create("a2", "a1");
        images.snapshot(DOMID, List.of(new Overlay(file("a1"), file("a2"))));
        write("a", 3, 2, 1);
        List<Double> progress = new ArrayList<>();
        images.merge(DOMID, file("a2"), file("a1"), file("a"), "a1.qcow2", progress::add);
        assertThat(images.isOpen(DOMID, file("a1"))).isFalse();
        assertThat(qemu.info("a2")).contains("backing file: a1.qcow2");
        assertThat(progress).allMatch(done -> done >= 0 && done <= 1);
        Files.createLink(folder.resolve("link"), file("a"));
        Files.move(folder.resolve("link"), file("a1"), StandardCopyOption.REPLACE_EXISTING);
        assertThat(images.isOpen(DOMID, file("a1")))
                .as("the file under its other name")
                .isTrue();
        reads("a", 2, 1);
        reads("a2", 1, 0);
        reads("a2", 2, 1);
        reads("a2", 3, 2);
    }

    @Test
    void aMergeThatIsCancelledChangesNothingForTheGuestAndCanBeRepeated() throws Exception {
        write("a", 1, 0, 8);
        create("a1", "a");
        images.snapshot(DOMID, List.of(new Overlay(file("a"), file("a1"))));
        write("a", 2, 0, 8);
        create("a2", "a1");
        images.snapshot(DOMID, List.of(new Overlay(file("a1"), file("a2"))));
        assertThatThrownBy(() -> images.merge(DOMID, file("a2"), file("a1"), file("a"), "a1.qcow2", done -> {
                    throw new IllegalStateException("cancelled");
                }))
                .hasMessage("cancelled");
        write("a", 3, 0, 1);
        reads("a2", 3, 0);
        reads("a2", 2, 1);
        images.merge(DOMID, file("a2"), file("a1"), file("a"), "a1.qcow2", done -> {});
        images.merge(DOMID, file("a2"), file("a1"), file("a"), "a1.qcow2", done -> {});
        assertThat(images.isOpen(DOMID, file("a1"))).isFalse();
        reads("a2", 3, 0);
        reads("a2", 2, 1);
    }

    @Test
    void aMergeThatEndsBeforeItIsCancelledIsNotRepeated() throws Exception {
        write("a", 1, 0, 1);
        create("a1", "a");
        images.snapshot(DOMID, List.of(new Overlay(file("a"), file("a1"))));
        create("a2", "a1");
        images.snapshot(DOMID, List.of(new Overlay(file("a1"), file("a2"))));
        assertThatThrownBy(() -> images.merge(DOMID, file("a2"), file("a1"), file("a"), "merged.qcow2", done -> {
                    awaitBacking("merged.qcow2");
                    throw new IllegalStateException("cancelled");
                }))
                .hasMessage("cancelled");
        assertThat(images.isOpen(DOMID, file("a1"))).isFalse();
        images.merge(DOMID, file("a2"), file("a1"), file("a"), "merged.qcow2", done -> {});
        Files.createLink(folder.resolve("merged.qcow2"), file("a"));
        reads("a2", 1, 0);
    }

    /** Waits until the image a2 names that backing file. */
    private void awaitBacking(String name) {
        try {
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!qemu.info("a2").contains("backing file: " + name)) {
                assertThat(System.nanoTime()).isLessThan(end);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDiskBecomesLarger() throws Exception {
        images.resize(DOMID, file("c"), 16 * StorageDaemon.MIB);
        assertThat(qemu.info("c")).contains("16 MiB");
    }

    @Test
    void aQemuThatDoesNotAnswerIsAnError() {
        QemuDiskImages absent = new QemuDiskImages(domid -> folder.resolve("absent"));
        assertThat(absent.isOpen(DOMID, file("a"))).isFalse();
        assertThatThrownBy(() -> absent.resize(DOMID, file("a"), 16 * StorageDaemon.MIB))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("its QEMU cannot be reached");
    }
}
