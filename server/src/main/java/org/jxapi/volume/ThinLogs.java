package org.jxapi.volume;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs of changed blocks in thin volumes. {@code jxapi-log0.X} and {@code jxapi-log1.X} hold the logs of volume X in turn. A log
 * has {@link ThinNames#PART_TAG} until it is complete, and a tag with its number since; the highest number counts.
 */
final class ThinLogs implements LogStore {
    private static final Logger LOG = LoggerFactory.getLogger(ThinLogs.class);
    private static final int SECTOR = 512;
    private static final List<String> SLOTS = List.of(ThinNames.LOG_EVEN, ThinNames.LOG_ODD);

    private final VolumeGroup group;

    ThinLogs(VolumeGroup group) {
        this.group = group;
    }

    @Override
    public Path folder() {
        return group.device(VolumeGroup.POOL).resolveSibling("");
    }

    private static String location(String name) {
        return name.substring(0, name.length() - BlockLogs.SUFFIX.length());
    }

    private static List<String> volumes(String name) {
        return SLOTS.stream().map(slot -> slot + location(name)).toList();
    }

    /** The complete logs among these volumes, the one that counts last. */
    private static List<LogicalVolume> complete(List<String> volumes, Map<String, LogicalVolume> report) {
        return volumes.stream()
                .filter(report::containsKey)
                .map(report::get)
                .filter(volume -> ThinNames.logNumber(volume) >= 0)
                .sorted(Comparator.comparing(ThinNames::logNumber))
                .toList();
    }

    @Override
    public List<String> names(String suffix) throws IOException {
        boolean parts = suffix.equals(BlockLogs.PART);
        Set<String> names = new TreeSet<>();
        for (LogicalVolume volume : group.report().values()) {
            if (ThinNames.isLog(volume.name()) && parts == ThinNames.logNumber(volume) < 0) {
                names.add(ThinNames.ofLog(volume.name()) + suffix);
            }
        }
        return List.copyOf(names);
    }

    /** It looks at devices only: each report costs a program that reads the metadata of all groups. */
    @Override
    public boolean has(String name) {
        return volumes(name).stream().anyMatch(volume -> Files.exists(group.device(volume)));
    }

    @Override
    public InputStream read(String name) throws IOException {
        List<String> there = volumes(name).stream()
                .filter(volume -> Files.exists(group.device(volume)))
                .toList();
        if (there.size() > 1) {
            // A stop has left both.
            there = complete(there, group.report()).stream()
                    .map(LogicalVolume::name)
                    .toList();
        }
        if (there.isEmpty()) {
            throw new NoSuchFileException(path(name).toString());
        }
        Path device = group.device(there.get(there.size() - 1));
        group.lvm().forgetCached(device);
        return new BufferedInputStream(Files.newInputStream(device));
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
        Map<String, LogicalVolume> report = group.report();
        List<LogicalVolume> before = complete(volumes(name), report);
        Optional<LogicalVolume> now = before.isEmpty() ? Optional.empty() : Optional.of(before.get(before.size() - 1));
        String next = volumes(name).get(now.isPresent() && now.get().name().startsWith(ThinNames.LOG_EVEN) ? 1 : 0);
        if (report.containsKey(next)) {
            group.remove(Set.of(next));
        }
        group.create(next, (content.length + SECTOR - 1L) / SECTOR * SECTOR, ThinNames.PART_TAG);
        VolumeGroup.fill(group.device(next), content);
        long number = now.map(ThinNames::logNumber).orElse(-1L) + 1;
        group.retag(next, ThinNames.LOG_TAG + number, ThinNames.PART_TAG);
        if (now.isPresent()) {
            try {
                group.remove(Set.of(now.get().name()));
            } catch (IOException e) {
                LOG.warn("Volume {}: stays until the next log: {}", now.get().name(), e.getMessage());
            }
        }
    }

    /** The log that counts goes last, so that no earlier one takes its place. */
    @Override
    public boolean remove(String name) throws IOException {
        Map<String, LogicalVolume> report = group.report();
        List<String> going = new ArrayList<>();
        if (name.endsWith(BlockLogs.PART)) {
            String location = name.substring(0, name.length() - BlockLogs.PART.length());
            for (String slot : SLOTS) {
                LogicalVolume volume = report.get(slot + location);
                if (volume != null && ThinNames.logNumber(volume) < 0) {
                    going.add(volume.name());
                }
            }
        } else {
            complete(volumes(name), report).forEach(volume -> going.add(volume.name()));
        }
        for (String volume : going) {
            group.remove(Set.of(volume));
        }
        return !going.isEmpty();
    }

    @Override
    public void sync() {
        // LVM waits for the disk.
    }
}
