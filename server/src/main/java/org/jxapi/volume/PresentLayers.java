package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DiskImages.Overlay;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.image.Backing;
import org.jxapi.image.Qcow2Image;
import org.jxapi.store.SafeFile;

/**
 * The layers that hold the present contents of some volumes, and the guests that write to them. No merge works behind them, and
 * no other thread works on the volumes while this is used.
 */
final class PresentLayers {
    /** XenServer's limit of the length of a chain. */
    private static final int LONGEST_CHAIN = 30;

    private final LayerStore store;
    private final LayerFiles files;
    private final LiveChains live;
    private final Map<String, Path> leaves;
    private final Map<String, Integer> writers = new LinkedHashMap<>();

    /** @param leaves the newest layer of each volume */
    PresentLayers(LayerStore store, LayerFiles files, LiveChains live, Map<String, Path> leaves) throws IOException {
        this.store = store;
        this.files = files;
        this.live = live;
        this.leaves = leaves;
        for (Map.Entry<String, Path> leaf : leaves.entrySet()) {
            List<Integer> domains = live.writers(leaf.getKey(), leaf.getValue());
            if (domains.size() > 1) {
                throw new IOException(
                        leaf.getValue() + " is written by the domains " + domains + ", and an image has one writer");
            }
            domains.forEach(domid -> writers.put(leaf.getKey(), domid));
        }
    }

    /** Whether {@link #freeze} takes the contents of all volumes as they are at one moment. */
    boolean ofOneMoment() {
        return writers.values().stream().distinct().count() <= 1;
    }

    /** Makes the present contents layers that nothing writes to any more, and returns the layer of each volume. */
    Map<String, String> freeze() throws IOException {
        Map<String, String> layers = new LinkedHashMap<>();
        Map<String, Path> written = new LinkedHashMap<>();
        for (Map.Entry<String, Path> leaf : leaves.entrySet()) {
            String unchanged = unchanged(leaf.getKey(), leaf.getValue());
            layers.put(leaf.getKey(), unchanged == null ? Layers.name(leaf.getValue()) : unchanged);
            if (unchanged == null) {
                if (Layers.depth(leaf.getValue()) >= LONGEST_CHAIN) {
                    throw SmFailure.CHAIN_TOO_LONG.error();
                }
                written.put(leaf.getKey(), leaf.getValue());
            }
        }
        cover(written);
        return layers;
    }

    /** The layer below if the newest one of a volume that no guest has is empty. */
    private @Nullable String unchanged(String location, Path leaf) throws IOException {
        if (writers.containsKey(location)) {
            return null;
        }
        OtherWriters.await(leaf);
        Backing below = Qcow2Image.info(leaf).backing();
        return below != null
                        && LiveChains.empty(leaf)
                        && Qcow2Image.info(store.path(below.name())).bytes()
                                == Qcow2Image.info(leaf).bytes()
                ? below.name()
                : null;
    }

    /** Puts an empty layer on each, and has QEMU write there. */
    private void cover(Map<String, Path> written) throws IOException {
        Map<Integer, List<Overlay>> overlays = new LinkedHashMap<>();
        for (Map.Entry<String, Path> leaf : written.entrySet()) {
            long bytes = Qcow2Image.info(leaf.getValue()).bytes();
            Path next = files.add(leaf.getKey(), bytes, Layers.name(leaf.getValue()));
            Integer domid = writers.get(leaf.getKey());
            if (domid != null) {
                store.makeRoom(Layers.name(next), bytes);
                overlays.computeIfAbsent(domid, none -> new ArrayList<>()).add(new Overlay(leaf.getValue(), next));
            }
        }
        for (Map.Entry<Integer, List<Overlay>> taken : overlays.entrySet()) {
            // QEMU flushes the images too, but while the guest waits.
            for (Overlay overlay : taken.getValue()) {
                SafeFile.sync(overlay.active());
            }
            try {
                live.images().snapshot(taken.getKey(), taken.getValue());
            } catch (HypervisorException e) {
                // The new layers stay: QEMU may have taken them before the failure, and otherwise they are empty and do
                // no harm.
                throw new IOException(e.getMessage(), e);
            }
        }
        for (Path frozen : written.values()) {
            store.trim(Layers.name(frozen));
        }
    }
}
