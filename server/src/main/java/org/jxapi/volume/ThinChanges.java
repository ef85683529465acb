package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The changes of thin volumes. {@code jxapi-past.X} is a snapshot of volume X. A block that a volume has in another place of the
 * pool than that snapshot has changed since.
 */
final class ThinChanges implements TrackedImages {
    private final VolumeGroup group;
    private final ThinPool pool;

    ThinChanges(VolumeGroup group, ThinPool pool) {
        this.group = group;
        this.pool = pool;
    }

    @Override
    public boolean holds(String location) throws IOException {
        if (Files.exists(group.device(ThinNames.DISK + location))) {
            return true;
        }
        Map<String, LogicalVolume> report = group.report();
        return report.values().stream()
                .anyMatch(volume -> ThinNames.location(volume, report).equals(location));
    }

    @Override
    public long bytes(String location) throws IOException {
        LogicalVolume volume = group.report().get(ThinNames.DISK + location);
        if (volume == null) {
            throw new NoSuchFileException(
                    group.device(ThinNames.DISK + location).toString());
        }
        return volume.bytes();
    }

    @Override
    public Optional<String> keep(String location) throws IOException {
        String past = ThinNames.PAST + location;
        group.removeIfThere(past);
        group.snapshot(ThinNames.DISK + location, past, ThinNames.PAST_TAG);
        return Optional.of(past);
    }

    @Override
    public ChangedBlocks since(String location, String kept) throws IOException {
        Map<String, LogicalVolume> report = group.report();
        LogicalVolume now = report.get(ThinNames.DISK + location);
        LogicalVolume past = report.get(kept);
        if (now == null || past == null) {
            return ChangedBlocks.all(bytes(location));
        }
        ChangedBlocks changed = ChangedBlocks.none(now.bytes());
        pool.compare(now, past, (begin, end) -> changed.add(begin, end - begin));
        changed.addGrowth(past.bytes());
        return changed;
    }

    @Override
    public void keepOnly(Set<String> names) throws IOException {
        Set<String> going = new TreeSet<>(group.report().keySet());
        going.removeIf(volume -> !volume.startsWith(ThinNames.PAST) || names.contains(volume));
        if (!going.isEmpty()) {
            group.remove(going);
        }
    }
}
