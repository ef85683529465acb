package org.jxapi.volume;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Backing;
import org.jxapi.image.Format;
import org.jxapi.image.Image;
import org.jxapi.image.Qcow2Image;
import org.jxapi.image.RawImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Layers in the logical volumes of a group. A volume has its names in tags, which come and go in one change of LVM:
 * {@code jxapi-name.N.NAME}. Where several volumes have a name, the one with the highest N counts, so that a volume takes the
 * place of another in one step. The others are removed at once, or by {@link #collect} after a crash. Marks are tags of the
 * group.
 *
 * <p>Programs find the volumes by links, which this keeps in a folder.
 */
final class LayerGroup implements LayerStore {
    private static final Logger LOG = LoggerFactory.getLogger(LayerGroup.class);
    static final String VOLUME = "jxapi-layer.";
    private static final String NAME = "jxapi-name.";
    private static final String MARK = "jxapi-mark.";
    private static final Pattern NAME_TAG = Pattern.compile("jxapi-name\\.(\\d{1,9})\\.(.+)");
    private static final int ID_BYTES = 8;

    /** The groups that this host uses, by the folders with their links. */
    private static final Map<Path, Shared> SHARED = new ConcurrentHashMap<>();

    /** The sizes of volumes that are known to have no room that they do not use, so that nothing looks at them again. */
    private static final Map<String, Long> TRIMMED = new ConcurrentHashMap<>();

    private final LinearVolumes volumes;
    private final VolumeLinks links;
    private final long extent;
    private final ReentrantLock lock;
    private final GroupView view;
    private final Random random = new SecureRandom();

    /**
     * Common to all repositories in a group: two changes at the same time would give the same numbers.
     *
     * @param view is used under the lock
     */
    private record Shared(ReentrantLock lock, GroupView view) {}

    /** A volume under one of its names. */
    private record Named(LogicalVolume volume, int number) {}

    /**
     * @param folder where the links are
     * @param extent the unit of all sizes, in bytes
     */
    LayerGroup(LinearVolumes volumes, Path folder, long extent) {
        this.volumes = volumes;
        this.links = new VolumeLinks(folder);
        this.extent = extent;
        Shared shared = SHARED.computeIfAbsent(folder, path -> new Shared(new ReentrantLock(), new GroupView()));
        this.lock = shared.lock;
        this.view = shared.view;
    }

    private interface Change<T> {
        T make() throws IOException;
    }

    private interface Step {
        void run() throws IOException;
    }

    private void during(Step step) throws IOException {
        lock.lock();
        try {
            step.run();
        } finally {
            lock.unlock();
        }
    }

    private <T> T alone(Change<T> change) throws IOException {
        lock.lock();
        try {
            return change.make();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Path folder() {
        return links.folder();
    }

    /** An operation begins: other hosts may have changed the group since the last one. */
    void look() {
        lock.lock();
        try {
            view.forget();
        } finally {
            lock.unlock();
        }
    }

    /** The volumes by their present names; each has a device and a link on this host. */
    private Map<String, Named> report() throws IOException {
        return alone(() -> {
            Map<String, Named> named = named();
            Set<String> inactive = new TreeSet<>();
            for (Named one : named.values()) {
                if (!Files.exists(volumes.group().device(one.volume.name()))) {
                    inactive.add(one.volume.name());
                }
            }
            if (!inactive.isEmpty()) {
                volumes.activate(inactive);
            }
            for (Map.Entry<String, Named> name : named.entrySet()) {
                links.put(
                        name.getKey(),
                        volumes.group().device(name.getValue().volume.name()));
            }
            return named;
        });
    }

    private Map<String, Named> named() throws IOException {
        Map<String, Named> named = new TreeMap<>();
        for (LogicalVolume volume : view.volumes(volumes).values()) {
            for (Map.Entry<String, Integer> name : names(volume).entrySet()) {
                Named known = named.get(name.getKey());
                if (known == null || known.number < name.getValue()) {
                    named.put(name.getKey(), new Named(volume, name.getValue()));
                }
            }
        }
        return named;
    }

    /** The names of a volume, with their numbers. */
    private static Map<String, Integer> names(LogicalVolume volume) {
        Map<String, Integer> names = new TreeMap<>();
        for (String tag : volume.tags()) {
            Matcher matcher = NAME_TAG.matcher(tag);
            if (matcher.matches()) {
                names.put(matcher.group(2), Integer.parseInt(matcher.group(1)));
            }
        }
        return names;
    }

    private static String tag(String name, int number) {
        return NAME + number + "." + name;
    }

    private Named existing(String name) throws IOException {
        Named named = report().get(name);
        if (named == null) {
            throw new NoSuchFileException(path(name).toString());
        }
        return named;
    }

    private List<String> marks() throws IOException {
        return alone(() -> view.tags(volumes).stream()
                .filter(tag -> tag.startsWith(MARK))
                .map(tag -> tag.substring(MARK.length()))
                .toList());
    }

    @Override
    public List<String> names(String prefix, String suffix) throws IOException {
        List<String> all = new ArrayList<>(report().keySet());
        all.addAll(marks());
        return all.stream()
                .filter(name -> name.startsWith(prefix) && name.endsWith(suffix))
                .toList();
    }

    @Override
    public boolean has(String name) throws IOException {
        return report().containsKey(name) || marks().contains(name);
    }

    @Override
    public void create(String name, long bytes, @Nullable String below) throws IOException {
        make(name, Qcow2Image.emptyRoom(bytes));
        Qcow2Image.format(path(name), bytes, below == null ? null : new Backing(below, Format.QCOW2));
    }

    /** Makes a volume of that size with any contents. */
    void make(String name, long bytes) throws IOException {
        during(() -> {
            Named old = report().get(name);
            String volume = fresh();
            view.create(volumes, volume, rounded(bytes), tag(name, old == null ? 0 : old.number + 1));
            links.put(name, volumes.group().device(volume));
            drop(old, name);
        });
    }

    private String fresh() {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        return VOLUME + HexFormat.of().formatHex(id);
    }

    private long rounded(long bytes) {
        return (bytes + extent - 1) / extent * extent;
    }

    @Override
    public void rename(String name, String to) throws IOException {
        during(() -> {
            Map<String, Named> report = report();
            Named named = report.get(name);
            if (named == null) {
                throw new NoSuchFileException(path(name).toString());
            }
            Named old = report.get(to);
            view.retag(
                    volumes,
                    named.volume,
                    Set.of(tag(to, old == null ? 0 : old.number + 1)),
                    Set.of(tag(name, named.number)));
            links.put(to, volumes.group().device(named.volume.name()));
            links.remove(name);
            drop(old, to);
        });
    }

    @Override
    public void alias(String name, String also) throws IOException {
        during(() -> {
            Map<String, Named> report = report();
            Named named = report.get(name);
            if (named == null) {
                throw new NoSuchFileException(path(name).toString());
            }
            Named old = report.get(also);
            view.retag(volumes, named.volume, Set.of(tag(also, old == null ? 0 : old.number + 1)), Set.of());
            links.put(also, volumes.group().device(named.volume.name()));
            drop(old, also);
        });
    }

    /** Removes what had a name until now, or that name of it. */
    private void drop(@Nullable Named old, String name) throws IOException {
        if (old == null) {
            return;
        }
        if (names(old.volume).size() == 1) {
            TRIMMED.remove(old.volume.name());
            try {
                view.remove(volumes, old.volume.name());
                return;
            } catch (IOException e) {
                if (!view.volumes(volumes).containsKey(old.volume.name())) {
                    // Another host was faster.
                    return;
                }
                // A process may still have it open. It has no name then, and goes with the next look at all.
                LOG.warn("Volume {}: not removed yet: {}", old.volume.name(), e.getMessage());
            }
        }
        view.retag(volumes, old.volume, Set.of(), Set.of(tag(name, old.number)));
    }

    /** Removes what had a name before the present volume, and stayed after a failure: it must not come back. */
    private void dropFormer(String name, Named present) throws IOException {
        for (LogicalVolume volume : List.copyOf(view.volumes(volumes).values())) {
            Integer number = names(volume).get(name);
            if (number != null && number < present.number) {
                drop(new Named(volume, number), name);
            }
        }
    }

    @Override
    public boolean hasAlias(String name) throws IOException {
        return names(existing(name).volume).size() > 1;
    }

    @Override
    public boolean isSame(String one, String other) throws IOException {
        Map<String, Named> report = report();
        Named first = report.get(one);
        Named second = report.get(other);
        return first != null && second != null && first.volume.name().equals(second.volume.name());
    }

    @Override
    public boolean remove(String name) throws IOException {
        return alone(() -> {
            Named named = report().get(name);
            if (named != null) {
                dropFormer(name, named);
                drop(named, name);
                links.remove(name);
                return true;
            }
            if (marks().contains(name)) {
                view.untag(volumes, MARK + name);
                return true;
            }
            return false;
        });
    }

    @Override
    public void sync() {
        // LVM waits for the disk.
    }

    @Override
    public void mark(String name, String near) throws IOException {
        during(() -> {
            view.tag(volumes, MARK + name);
        });
    }

    @Override
    public void makeRoom(String name, long bytes) throws IOException {
        enlarge(name, Qcow2Image.room(bytes));
    }

    /** Makes a volume at least that large. */
    void enlarge(String name, long bytes) throws IOException {
        during(() -> {
            LogicalVolume volume = existing(name).volume;
            if (volume.bytes() < rounded(bytes)) {
                view.resize(volumes, volume, rounded(bytes));
            }
        });
    }

    @Override
    public void ready(String name) throws IOException {
        Map<String, Named> report = report();
        List<String> chain = new ArrayList<>();
        @Nullable String at = name;
        while (at != null && report.containsKey(at) && chain.size() < Layers.DEEPEST) {
            chain.add(report.get(at).volume.name());
            Backing below = Qcow2Image.info(path(at)).backing();
            at = below == null ? null : below.name();
        }
        if (!chain.isEmpty()) {
            volumes.refresh(chain);
        }
    }

    @Override
    public void trim(String name) throws IOException {
        during(() -> {
            Named named = report().get(name);
            if (named != null && !Long.valueOf(named.volume.bytes()).equals(TRIMMED.get(named.volume.name()))) {
                trim(name, named.volume);
            }
        });
    }

    private void trim(String name, LogicalVolume volume) throws IOException {
        ready(name);
        long needed;
        try (Qcow2Image image = Qcow2Image.open(path(name), false)) {
            needed = rounded(image.end());
        }
        if (needed < volume.bytes()) {
            view.resize(volumes, volume, needed);
        }
        TRIMMED.put(volume.name(), Math.min(needed, volume.bytes()));
    }

    /**
     * Makes a volume full of zeros.
     *
     * @param part its name until it is
     */
    void createZeros(String name, String part, long bytes) throws IOException {
        remove(part);
        make(part, bytes);
        zeros(part, 0, bytes);
        rename(part, name);
    }

    /** Makes a volume larger; what is added is zeros. */
    void enlargeZeros(String name, long bytes) throws IOException {
        long before = existing(name).volume.bytes();
        if (bytes < before) {
            throw new IOException(path(name) + " has " + before + " bytes already, and cannot shrink to " + bytes);
        }
        if (bytes > before) {
            enlarge(name, bytes);
            zeros(name, before, bytes - before);
        }
    }

    /** Zeros of a device, by its own command where it has one. */
    private void zeros(String name, long offset, long length) throws IOException {
        volumes.group()
                .lvm()
                .run(
                        "blkdiscard",
                        "--zeroout",
                        "--offset",
                        "" + offset,
                        "--length",
                        "" + length,
                        path(name).toString());
    }

    Image openRaw(String name, boolean write) throws IOException {
        Path path = readyRaw(name);
        volumes.group().lvm().forgetCached(path);
        return RawImage.open(path, write);
    }

    /** A volume with plain contents, as other hosts have left it. A file of that name must not be made. */
    Path readyRaw(String name) throws IOException {
        volumes.refresh(List.of(existing(name).volume.name()));
        return path(name);
    }

    /** Removes the links: the volumes are not active any more. */
    void unlink() throws IOException {
        links.clear();
    }

    @Override
    public InputStream read(String name) throws IOException {
        volumes.group().lvm().forgetCached(path(name));
        return new BufferedInputStream(Files.newInputStream(path(name)));
    }

    @Override
    public void write(String name, byte[] content) throws IOException {
        String part = name + ".new";
        remove(part);
        make(part, content.length);
        VolumeGroup.fill(path(part), content);
        rename(part, name);
    }

    @Override
    public Map<Path, Long> taken(List<Path> images) throws IOException {
        Map<String, Named> report = report();
        Map<Path, Long> taken = new LinkedHashMap<>();
        for (Path image : images) {
            Optional.ofNullable(report.get(Layers.name(image)))
                    .ifPresent(named -> taken.put(image, named.volume.bytes()));
        }
        return taken;
    }

    /** Removes links that have no volume any more, and volumes that have no name. */
    void collect() throws IOException {
        during(() -> {
            Map<String, Named> report = report();
            Set<String> named = new TreeSet<>();
            report.values().forEach(one -> named.add(one.volume.name()));
            links.keepOnly(report.keySet());
            Set<String> all = new TreeSet<>(view.volumes(volumes).keySet());
            for (String volume : all) {
                if (volume.startsWith(VOLUME) && !named.contains(volume)) {
                    removeNameless(volume);
                }
            }
            forgetRemoved();
        });
    }

    /** Removes the devices that this host still has of volumes that another host has removed. */
    void forgetRemoved() throws IOException {
        during(() -> {
            Set<String> all = view.volumes(volumes).keySet();
            for (Path device : VolumeLinks.in(volumes.group().device("").normalize())) {
                String volume = Layers.name(device);
                if (volume.startsWith(VOLUME) && !all.contains(volume)) {
                    volumes.forget(volume);
                }
            }
        });
    }

    private void removeNameless(String volume) {
        try {
            view.remove(volumes, volume);
        } catch (IOException e) {
            LOG.warn("Volume {}: not removed yet: {}", volume, e.getMessage());
        }
    }
}
