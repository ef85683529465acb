package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DiskImages.Overlay;
import org.jxapi.hypervisor.HypervisorException;

/** Disks that QEMU moves to another image while a guest uses them: its storage daemon, with qemu-io as the guest. */
class QemuMirrorTest {
    private static final int DOMID = 1;

    @TempDir
    Path folder;

    private StorageDaemon qemu;
    private QemuDiskImages images;

    @BeforeEach
    void start() throws Exception {
        qemu = new StorageDaemon(folder);
        qemu.serve("old", "xvda", "disk");
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

    private void write(int value, long offset, long length) throws Exception {
        qemu.write("disk", value, offset, length);
    }

    private void holds(String name, int value, long offset) throws Exception {
        qemu.reads(name, value, offset);
    }

    @Test
    void theGuestsWritesGoToBothImagesAndAfterThePivotOnlyToTheNewOne() throws Exception {
        write(1, 0, 4);
        create("layer", "old");
        images.snapshot(DOMID, List.of(new Overlay(file("old"), file("layer"))));
        write(2, 1, 1);
        create("new", null);
        List<Double> progress = new ArrayList<>();
        images.mirror(DOMID, file("layer"), file("new"), progress::add);
        assertThat(progress).endsWith(1.0).allMatch(done -> done >= 0 && done <= 1);
        write(3, 2, 1);
        holds("layer", 3, 2);
        holds("new", 3, 2);
        assertThat(images.pivot(DOMID, file("new"))).isTrue();
        assertThat(images.isOpen(DOMID, file("new"))).isTrue();
        assertThat(images.isOpen(DOMID, file("layer"))).isFalse();
        assertThat(images.isOpen(DOMID, file("old"))).isFalse();
        assertThat(images.pivot(DOMID, file("new"))).as("repeated").isTrue();
        write(4, 3, 1);
        holds("new", 1, 0);
        holds("new", 2, 1);
        holds("new", 3, 2);
        holds("new", 4, 3);
        holds("layer", 1, 3);
        assertThat(qemu.info("new")).doesNotContain("backing file");
        create("newer", "new");
        images.snapshot(DOMID, List.of(new Overlay(file("new"), file("newer"))));
        write(5, 0, 1);
        holds("newer", 5, 0);
        holds("new", 1, 0);
    }

    @Test
    void aMirrorThatIsCancelledLeavesTheGuestWhereItWas() throws Exception {
        write(1, 0, 8);
        create("new", null);
        assertThatThrownBy(() -> images.mirror(DOMID, file("old"), file("new"), done -> {
                    throw new IllegalStateException("cancelled");
                }))
                .hasMessage("cancelled");
        assertThat(images.isOpen(DOMID, file("new"))).isFalse();
        assertThat(images.pivot(DOMID, file("new"))).isFalse();
        write(2, 0, 1);
        holds("old", 2, 0);
        Files.delete(file("new"));
        create("new", null);
        images.mirror(DOMID, file("old"), file("new"), done -> {});
        assertThat(images.pivot(DOMID, file("new"))).isTrue();
        holds("new", 2, 0);
        holds("new", 1, 1);
    }

    @Test
    void mirrorsThatADaemonHasLeftAreEndedOrPivotedByTheNext() throws Exception {
        write(1, 0, 1);
        create("new", null);
        images.mirror(DOMID, file("old"), file("new"), done -> {});
        QemuDiskImages next = qemu.images();
        next.endMirrors(DOMID);
        assertThat(next.isOpen(DOMID, file("new"))).isFalse();
        assertThat(next.isOpen(DOMID, file("old"))).isTrue();
        create("newer", null);
        images.mirror(DOMID, file("old"), file("newer"), done -> {});
        assertThat(next.pivot(DOMID, file("newer"))).isTrue();
        next.endMirrors(DOMID);
        write(2, 0, 1);
        holds("newer", 2, 0);
    }

    @Test
    void aTargetThatQemuCannotUseIsAnError() throws Exception {
        assertThatThrownBy(() -> images.mirror(DOMID, file("old"), file("missing"), done -> {}))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("missing");
        write(1, 0, 1);
        holds("old", 1, 0);
    }
}
