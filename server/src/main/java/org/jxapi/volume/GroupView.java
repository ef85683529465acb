package org.jxapi.volume;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The volumes and tags of a volume group as this host knows them, and the changes that it makes. Each program of LVM reads the
 * metadata of all groups, so one look serves until other hosts may have changed something. For one thread at a time.
 */
final class GroupView {
    private final Map<String, LogicalVolume> known = new TreeMap<>();
    private final Set<String> tags = new TreeSet<>();
    private boolean valid;

    /** Looks again at the next question. */
    void forget() {
        valid = false;
    }

    private void look(LinearVolumes volumes) throws IOException {
        if (!valid) {
            known.clear();
            known.putAll(volumes.report());
            tags.clear();
            tags.addAll(volumes.group().tags());
            valid = true;
        }
    }

    Map<String, LogicalVolume> volumes(LinearVolumes volumes) throws IOException {
        look(volumes);
        return known;
    }

    Set<String> tags(LinearVolumes volumes) throws IOException {
        look(volumes);
        return tags;
    }

    /** A change of the group. */
    interface Change {
        void make() throws IOException;
    }

    /** After a change that failed, nothing is known. */
    private void change(Change change) throws IOException {
        boolean before = valid;
        valid = false;
        change.make();
        valid = before;
    }

    void create(LinearVolumes volumes, String volume, long bytes, String tag) throws IOException {
        change(() -> volumes.create(volume, bytes, tag));
        known.put(volume, new LogicalVolume(volume, bytes, Set.of(tag), -1));
    }

    void retag(LinearVolumes volumes, LogicalVolume volume, Set<String> added, Set<String> removed) throws IOException {
        change(() -> volumes.retag(volume.name(), added, removed));
        Set<String> now = new TreeSet<>(volume.tags());
        now.addAll(added);
        now.removeAll(removed);
        known.put(volume.name(), new LogicalVolume(volume.name(), volume.bytes(), now, volume.thinId()));
    }

    /** Gives a volume another size. */
    void resize(LinearVolumes volumes, LogicalVolume volume, long bytes) throws IOException {
        change(() -> {
            if (bytes > volume.bytes()) {
                volumes.extend(volume.name(), bytes);
            } else {
                volumes.reduce(volume.name(), bytes);
            }
        });
        known.put(volume.name(), new LogicalVolume(volume.name(), bytes, volume.tags(), volume.thinId()));
    }

    void remove(LinearVolumes volumes, String volume) throws IOException {
        change(() -> volumes.remove(volume));
        known.remove(volume);
    }

    void tag(LinearVolumes volumes, String tag) throws IOException {
        change(() -> volumes.tag(tag));
        tags.add(tag);
    }

    void untag(LinearVolumes volumes, String tag) throws IOException {
        change(() -> volumes.untag(tag));
        tags.remove(tag);
    }
}
