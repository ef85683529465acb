package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.image.Qcow2Image;
import org.jxapi.volume.Layers.Layer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps chains of layers short. A layer that is the only one on the layer below is merged into that, which then takes its
 * name in one step: all images above find their backing file under the name that they have recorded. Until then nothing
 * reads the merged parts, so a crash at any moment loses nothing, and the merge is done again.
 *
 * <p>The leaf of a running guest stays. The guest's QEMU merges the layers behind it. It has the files open under their old
 * names: a file that got another name keeps the old one, too, for as long as guests run.
 *
 * <p>The leaf of a disk whose changes are tracked stays as well.
 */
final class Coalescer {
    private static final Logger LOG = LoggerFactory.getLogger(Coalescer.class);

    private final LayerStore store;
    private final LayerFiles files;
    private final LiveChains live;
    private final Merges merges;
    private final LayerLogs logs;

    Coalescer(LayerStore store, LayerFiles files, LiveChains live, Merges merges) {
        this.store = store;
        this.files = files;
        this.live = live;
        this.merges = merges;
        this.logs = new LayerLogs(store, live, merges);
    }

    /** A layer that can be merged into the one below, and the volumes whose disks change their layers by that. */
    private record Pair(Layer top, Layer base, Set<String> locations) {}

    /**
     * Merges one layer, if there is one to merge, and returns whether it did.
     *
     * @param idle whether no operation works on a volume, so that only running guests use it
     */
    boolean merge(Predicate<String> idle, DoubleConsumer progress) throws IOException {
        Layers layers = read();
        if (logs.record(layers, idle)) {
            return true;
        }
        Set<String> apart = logs.unrecorded(layers);
        for (Pair pair : pairs(layers)) {
            if (apart.contains(pair.top().name()) || !possible(pair, idle)) {
                continue;
            }
            Map<Integer, Path> active = active(layers, pair);
            if (active.size() > 1 || !active.isEmpty() && layers.isLeaf(pair.top())) {
                continue;
            }
            return merges.run(store.folder(), pair.locations(), progress, stoppable -> {
                // An operation that has begun or ended since did not stop this merge.
                if (!possible(pair, idle)
                        || !pairs(read()).contains(pair)
                        || !active(layers, pair).equals(active)) {
                    return false;
                }
                store.ready(pair.top().name());
                store.makeRoom(pair.base().name(), pair.top().bytes());
                if (active.isEmpty()) {
                    mergeHere(pair, stoppable);
                } else {
                    Map.Entry<Integer, Path> guest =
                            active.entrySet().iterator().next();
                    mergeInGuest(pair, guest.getKey(), guest.getValue(), stoppable);
                }
                collect();
                if (!layers.isLeaf(pair.top())) {
                    store.trim(pair.top().name());
                }
                return true;
            });
        }
        return false;
    }

    private Layers read() throws IOException {
        return files.still(() -> Layers.read(store));
    }

    /** Layers under no volume are about to be removed. */
    private boolean possible(Pair pair, Predicate<String> idle) {
        return !pair.locations().isEmpty()
                && pair.locations().stream().allMatch(location -> idle.test(location) && !live.isRead(location));
    }

    /** The domains that write to leaves above a pair, with these leaves. */
    private Map<Integer, Path> active(Layers layers, Pair pair) throws IOException {
        Map<Integer, Path> active = new HashMap<>();
        for (String location : pair.locations()) {
            Layer leaf = layers.leaves().get(location);
            if (leaf != null) {
                live.writers(location, leaf.path()).forEach(domid -> active.put(domid, leaf.path()));
            }
        }
        return active;
    }

    /** Pairs in which the layer above is the only one on the layer below, which is no disk by itself. */
    private static List<Pair> pairs(Layers layers) {
        List<Pair> pairs = new ArrayList<>();
        for (Layer base : layers.all()) {
            // A file may keep a second name only because a guest has it open under that.
            List<Layer> tops =
                    layers.above(base).stream().filter(layers::isNeeded).toList();
            if (tops.size() == 1 && !layers.isLeaf(base)) {
                Layer top = tops.get(0);
                if (top.bytes() >= base.bytes() && !top.isBase()) {
                    pairs.add(new Pair(top, base, layers.locationsAbove(top)));
                }
            }
        }
        return pairs;
    }

    private void mergeHere(Pair pair, DoubleConsumer progress) throws IOException {
        OtherWriters.await(pair.top().path());
        OtherWriters.await(pair.base().path());
        double all = Math.max(1, pair.top().bytes());
        try (Qcow2Image top = Qcow2Image.open(pair.top().path(), false)) {
            top.commit(done -> progress.accept(Math.min(1, done / all)));
        }
        progress.accept(1);
        files.replace(pair.base().name(), pair.top().name());
        LOG.info(
                "Layer {}: merged into the layer below, {}",
                pair.top().name(),
                pair.base().name());
    }

    private void mergeInGuest(Pair pair, int domid, Path active, DoubleConsumer progress) throws IOException {
        live.images()
                .merge(
                        domid,
                        active,
                        pair.top().path(),
                        pair.base().path(),
                        pair.top().name(),
                        progress);
        files.still(() -> {
            store.alias(pair.base().name(), pair.top().name());
            return pair;
        });
        LOG.info(
                "Layer {}: merged into the layer below, {}, by domain {}",
                pair.top().name(),
                pair.base().name(),
                domid);
    }

    /** Frees the room that layers to which nothing writes any more do not use. */
    void trim() throws IOException {
        Layers layers = read();
        for (Layer layer : layers.all()) {
            if (!layers.isLeaf(layer)) {
                store.trim(layer.name());
            }
        }
    }

    /** Removes the layers that no volume needs any more. */
    void collect() throws IOException {
        files.still(() -> {
            collectStill();
            return store;
        });
    }

    private void collectStill() throws IOException {
        Layers layers = Layers.read(store);
        if (removeUnreadable(layers)) {
            layers = Layers.read(store);
        }
        // Any layer may be behind an image that cannot be read.
        boolean found = layers.unreadable().isEmpty();
        while (found) {
            found = false;
            for (Layer layer : layers.all()) {
                if (!layers.isNeeded(layer) && !openUnderThisName(layers, layer)) {
                    store.remove(layer.name());
                    layers.removed(layer);
                    found = true;
                }
            }
        }
        removeAll(LayerFolder.ALIAS, location -> true);
        removeAll(Layers.GONE, location -> Layers.numbers(store, location).isEmpty());
    }

    /** Removes the unreadable images of volumes that have been removed, and returns whether there were any. */
    private boolean removeUnreadable(Layers layers) throws IOException {
        boolean removed = false;
        for (Path file : layers.unreadable()) {
            Optional<String> location = Layers.location(Layers.name(file));
            if (location.isPresent() && isGone(location.get())) {
                removed |= store.remove(Layers.name(file));
            }
        }
        return removed;
    }

    private boolean isGone(String location) throws IOException {
        return store.has(location + Layers.GONE);
    }

    /** A condition that looks at files. */
    private interface Condition {
        boolean of(String location) throws IOException;
    }

    private void removeAll(String suffix, Condition condition) throws IOException {
        for (String name : store.names("", suffix)) {
            if (condition.of(name.substring(0, name.length() - suffix.length()))) {
                store.remove(name);
            }
        }
    }

    /** Whether the file has another name, too, and a guest may have it open under this one. */
    private boolean openUnderThisName(Layers layers, Layer layer) throws IOException {
        if (!store.hasAlias(layer.name())) {
            return false;
        }
        for (Layer other : layers.all()) {
            if (store.isSame(other.name(), layer.name())
                    && layers.locationsAbove(other).stream().anyMatch(live::isUsed)) {
                return true;
            }
        }
        return false;
    }
}
