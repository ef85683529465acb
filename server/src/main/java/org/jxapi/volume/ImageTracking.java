package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Changed-block tracking for images. Nothing is recorded while a guest writes: the layers of a qcow2 image, and
 * the blocks that a raw one shares with its past, tell the changes at any time. So a crash loses none.
 */
final class ImageTracking {
    private final OtherImages others;
    private final Qcow2Volumes qcow2;
    private final BlockLogs logs;

    ImageTracking(LayerStore store, OtherImages others, Qcow2Volumes qcow2) {
        this.others = others;
        this.qcow2 = qcow2;
        this.logs = new BlockLogs(store);
    }

    Map<String, Long> logs() throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        logs.all().forEach((location, log) -> sizes.put(location, log.changed().bytes()));
        return sizes;
    }

    boolean tracks(String location) throws IOException {
        return logs.find(location).isPresent();
    }

    private boolean hasImage(String location) throws IOException {
        return qcow2.holds(location) || others.holds(location);
    }

    /** Names the present contents of a volume, which later ones are compared with; empty if that is not possible. */
    private String now(String location) throws IOException {
        Optional<Path> leaf = qcow2.leaf(location);
        return leaf.isPresent() ? LayerChanges.below(leaf.get()) : others.keep(location);
    }

    private ChangedBlocks since(String location, String past) throws IOException {
        Optional<Path> leaf = qcow2.leaf(location);
        return leaf.isPresent() ? LayerChanges.since(leaf.get(), past) : others.since(location, past);
    }

    void track(String location) throws IOException {
        boolean layered = qcow2.holds(location);
        if (layered) {
            qcow2.settle(location);
        }
        logs.change(() -> {
            if (logs.find(location).isPresent()) {
                return;
            }
            // Older data in the same layer counts as changed. Clients cannot ask for changes before this.
            ChangedBlocks none = ChangedBlocks.none(layered ? qcow2.bytes(location) : others.bytes(location));
            String now = now(location);
            if (!layered && now.isEmpty()) {
                throw SmFailure.VDI_TYPE.error(
                        "Raw VDI not permitted on a file system whose files cannot share blocks");
            }
            logs.write(location, new BlockLog("", now, none));
        });
    }

    void untrack(String location) throws IOException {
        logs.change(() -> {
            logs.delete(location);
            letGo();
        });
    }

    /**
     * Continues the logs after a volume got the contents of another one. The log of the snapshot is complete before the
     * one of its disk begins again, so a crash between the two loses nothing.
     */
    void snapshot(String from, String to) throws IOException {
        if (!logs.has(from)) {
            return;
        }
        logs.change(() -> {
            Optional<BlockLog> log = logs.find(from);
            if (log.isPresent()) {
                ChangedBlocks changed = since(to, log.get().since());
                changed.addAll(log.get().changed());
                String now = now(to);
                logs.write(to, new BlockLog(log.get().parent(), now, changed));
                logs.write(from, new BlockLog(to, now, ChangedBlocks.none(changed.bytes())));
                letGo();
            }
        });
    }

    /** Removes the log of a volume that has been removed. */
    void remove(String location) throws IOException {
        if (!logs.has(location)) {
            return;
        }
        logs.change(() -> {
            logs.remove(location);
            letGo();
        });
    }

    /** Removes what nothing needs any more. */
    void tidy() throws IOException {
        logs.change(() -> {
            logs.tidy();
            letGo();
        });
    }

    /** Lets go the blocks that were kept for volumes that are not there any more, or compare with later ones. */
    private void letGo() throws IOException {
        Set<String> needed = new HashSet<>();
        for (Map.Entry<String, BlockLog> log : logs.all().entrySet()) {
            if (hasImage(log.getKey())) {
                needed.add(log.getValue().since());
            }
        }
        others.keepOnly(needed);
    }

    ChangedBlocks changed(String from, String to) throws IOException {
        if (from.equals(to)) {
            throw SmFailure.CBT_CHANGED_BLOCKS.error("Source and target VDI are same");
        }
        for (String location : new String[] {from, to}) {
            if (qcow2.holds(location)) {
                qcow2.settle(location);
            }
        }
        return logs.alone(() -> changedAlone(from, to));
    }

    private ChangedBlocks changedAlone(String from, String to) throws IOException {
        BlockLog first = logs.find(from).orElseThrow(ImageTracking::unrelated);
        ChangedBlocks changed = logged(to);
        Set<String> seen = new HashSet<>(Set.of(to));
        String at = parent(to);
        while (!at.equals(from)) {
            if (!seen.add(at)) {
                throw unrelated();
            }
            ChangedBlocks before = logged(at);
            if (before.bytes() > changed.bytes()) {
                throw SmFailure.CBT_INCONSISTENT.error("Inconsistent bitmaps");
            }
            changed.addAll(before);
            at = parent(at);
        }
        if (hasImage(from)) {
            // The snapshot itself may have been written to.
            changed.addAll(since(from, first.since()));
        }
        return changed;
    }

    private String parent(String location) throws IOException {
        return logs.find(location).orElseThrow(ImageTracking::unrelated).parent();
    }

    /** The changes from the parent of a volume to its present contents. */
    private ChangedBlocks logged(String location) throws IOException {
        BlockLog log = logs.find(location).orElseThrow(ImageTracking::unrelated);
        if (!hasImage(location)) {
            return log.changed();
        }
        ChangedBlocks changed = since(location, log.since());
        changed.addAll(log.changed());
        return changed;
    }

    private static RuntimeException unrelated() {
        return SmFailure.CBT_CHANGED_BLOCKS.error("Source and target VDI are unrelated");
    }
}
