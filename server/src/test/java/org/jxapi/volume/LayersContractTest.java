package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * Chains of qcow2 images in logical volumes keep the contract. {@code -Djxapi.lvm-device=/dev/loop0} runs it on that device,
 * whose contents are lost; without it, files take the place of logical volumes.
 */
class LayersContractTest
        implements VolumesContract,
                CopiesContract,
                CrashContract,
                PlaceContract,
                GuestContract,
                TrackingContract,
                DifferencesContract {
    private static LvmGround ground;

    @BeforeAll
    static void create() throws IOException {
        ground = LvmGround.ofLayers(lvm -> lvm);
    }

    @AfterAll
    static void destroy() throws IOException {
        ground.empty();
        ground.remove(ground.layers(new NoGuests()));
    }

    @BeforeEach
    void attach() throws IOException {
        ground.empty();
        for (String tag : ground.group().tags()) {
            if (tag.startsWith("jxapi-mark.")) {
                ground.group().untag(tag);
            }
        }
        repository().attach();
    }

    @Override
    public Repository repository() {
        return ground.layers(new NoGuests());
    }

    @Override
    public Repository again() {
        return ground.layers(new NoGuests());
    }

    /** All names. */
    @Override
    public List<String> files() throws IOException {
        List<String> all = new ArrayList<>();
        ground.group().report().values().forEach(volume -> all.addAll(volume.tags()));
        all.addAll(ground.group().tags());
        all.remove(VolumeGroup.LAYERS);
        return all.stream()
                .map(tag -> tag.replaceFirst("jxapi-(name\\.\\d+|mark)\\.", ""))
                .sorted()
                .toList();
    }

    @Override
    public Path log(String location) {
        return ground.links().resolve(location + ".cbtlog");
    }

    @Override
    public boolean thin() {
        return false;
    }

    @Override
    public boolean hasFiles() {
        return false;
    }

    @Override
    public boolean clonesAtOnce() {
        return true;
    }
}
