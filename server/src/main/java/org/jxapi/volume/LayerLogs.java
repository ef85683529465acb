package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.volume.Layers.Layer;

/**
 * The meaning of logs of changed blocks for merges of layers. A layer whose changes are not in a log yet stays apart, because
 * merged into the one below it would say that all data of that has changed, too.
 */
final class LayerLogs {
    private final LayerStore store;
    private final LiveChains live;
    private final Merges merges;
    private final BlockLogs logs;

    LayerLogs(LayerStore store, LiveChains live, Merges merges) {
        this.store = store;
        this.live = live;
        this.merges = merges;
        this.logs = new BlockLogs(store);
    }

    /** The names of the layers whose changes are in no log yet. */
    Set<String> unrecorded(Layers layers) throws IOException {
        Set<String> unrecorded = new HashSet<>();
        for (Map.Entry<String, BlockLog> log : logs.all().entrySet()) {
            unrecorded.addAll(unrecorded(layers, log.getKey(), log.getValue()));
        }
        return unrecorded;
    }

    /** The same for one volume, from its disk down. */
    private static List<String> unrecorded(Layers layers, String location, BlockLog log) {
        List<String> above = new ArrayList<>();
        @Nullable Layer at = layers.leaves().get(location);
        while (at != null && !at.name().equals(log.since()) && !above.contains(at.name())) {
            above.add(at.name());
            at = at.below() == null ? null : layers.named(at.below());
        }
        // A volume that does not go back to the layer of its log counts as changed as a whole.
        return at == null && !log.since().isEmpty() ? List.of() : above;
    }

    /**
     * Records the changes in layers that nothing writes to any more, of one volume, so that they may be merged.
     *
     * @param idle whether no operation works on a volume
     * @return false when there was nothing to record
     */
    boolean record(Layers layers, Predicate<String> idle) throws IOException {
        for (Map.Entry<String, BlockLog> log : logs.all().entrySet()) {
            String location = log.getKey();
            if (unrecorded(layers, location, log.getValue()).size() > 1
                    && idle.test(location)
                    && logs.alone(() -> recordAlone(location, idle))) {
                return true;
            }
        }
        return false;
    }

    private boolean recordAlone(String location, Predicate<String> idle) throws IOException {
        return merges.run(store.folder(), Set.of(location), done -> {}, stoppable -> {
            Optional<BlockLog> log = logs.find(location);
            Optional<Path> leaf = Layers.leaf(store, location);
            if (log.isEmpty() || leaf.isEmpty() || !idle.test(location)) {
                return false;
            }
            // A QEMU that did not take the newest layer yet would still write to the one below.
            live.writers(location, leaf.get());
            String below = LayerChanges.below(leaf.get());
            if (below.isEmpty() || below.equals(log.get().since())) {
                return false;
            }
            ChangedBlocks changed =
                    LayerChanges.since(store.path(below), log.get().since());
            changed.addAll(log.get().changed());
            logs.write(location, new BlockLog(log.get().parent(), below, changed));
            return true;
        });
    }
}
