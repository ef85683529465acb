package org.jxapi.volume;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Changed-block tracking for images. Nothing is recorded while a guest writes: the layers of a qcow2 image, and
 * the blocks that a raw one shares with its past, give the changes at any time. So a crash loses none.
 */
final class ImageTracking {
    private final TrackedImages images;
    private final BlockLogs logs;

    ImageTracking(LogStore store, TrackedImages images) {
        this.images = images;
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

    void track(String location) throws IOException {
        images.settle(location);
        logs.change(() -> {
            if (logs.find(location).isPresent()) {
                return;
            }
            // Older data in the same layer counts as changed. Clients cannot ask for changes before this.
            ChangedBlocks none = ChangedBlocks.none(images.bytes(location));
            String now = images.keep(location)
                    .orElseThrow(() -> SmFailure.VDI_TYPE.error(
                            "Raw VDI not permitted on a file system whose files cannot share blocks"));
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
                ChangedBlocks changed = images.since(to, log.get().since());
                changed.addAll(log.get().changed());
                String now = images.keep(to).orElse("");
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
            if (images.holds(log.getKey())) {
                needed.add(log.getValue().since());
            }
        }
        images.keepOnly(needed);
    }

    ChangedBlocks changed(String from, String to) throws IOException {
        if (from.equals(to)) {
            throw SmFailure.CBT_CHANGED_BLOCKS.error("Source and target VDI are same");
        }
        for (String location : new String[] {from, to}) {
            images.settle(location);
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
        if (images.holds(from)) {
            // The snapshot itself may have been written to.
            changed.addAll(images.since(from, first.since()));
        }
        return changed;
    }

    private String parent(String location) throws IOException {
        return logs.find(location).orElseThrow(ImageTracking::unrelated).parent();
    }

    /** The changes from the parent of a volume to its present contents. */
    private ChangedBlocks logged(String location) throws IOException {
        BlockLog log = logs.find(location).orElseThrow(ImageTracking::unrelated);
        if (!images.holds(location)) {
            return log.changed();
        }
        ChangedBlocks changed = images.since(location, log.since());
        changed.addAll(log.changed());
        return changed;
    }

    private static RuntimeException unrelated() {
        return SmFailure.CBT_CHANGED_BLOCKS.error("Source and target VDI are unrelated");
    }
}
