package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.LoopMounts.Format;

/** The power fails right after a disk was made and its row was removed, by VDI.forget or SR.forget. Its file stays. */
class SettledVolumeTest {
    @RegisterExtension
    static final LoopMounts MOUNTS = new LoopMounts();

    @Test
    void noMarkComesBackWithThePowerCut() throws Exception {
        assumeTrue(LoopMounts.impossible().isEmpty(), LoopMounts.impossible());
        CutDisk disk = new CutDisk(MOUNTS, Format.EXT4);
        RawFolder repository = new RawFolder(disk.place());
        for (String location : new String[] {"forgotten", "unplugged"}) {
            repository.begin(location);
            repository.create(location, 1 << 20);
            repository.keep(location);
            if (location.equals("forgotten")) {
                repository.settle(location);
            } else {
                repository.detach();
            }
            disk.afterStart(disk.cut(false), folder -> {
                RawFolder started = new RawFolder(folder);
                started.tidy(row -> false, row -> false);
                assertThat(started.holds(location)).isTrue();
            });
        }
    }
}
