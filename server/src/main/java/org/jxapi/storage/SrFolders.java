package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the folders of storage repositories apart: none is, holds or lies in another's, nor in the daemon's own data.
 * Folders are compared by what they are, not by their names: symbolic links and bind mounts do not hide that two are one.
 */
public final class SrFolders {
    private static final Logger LOG = LoggerFactory.getLogger(SrFolders.class);
    /** The folders in the data folder that are made for repositories. */
    private static final List<String> OPEN = List.of("storage", "iso");

    private final Store store;
    private final Path data;
    private final List<Hold> holds = new ArrayList<>();
    private final Map<Ref<SR>, Set<Ref<SR>>> shared = new ConcurrentHashMap<>();

    public SrFolders(Store store, Path data) {
        this.store = store;
        this.data = data.toAbsolutePath().normalize();
    }

    /**
     * A folder as the kernel knows it.
     *
     * @param real its path without links
     * @param key what it is; null when it is not there
     * @param keys what it and all folders above it are
     */
    private record Place(Path real, @Nullable Object key, Set<Object> keys) {
        static Place of(Path folder) {
            Path there = folder;
            while (!Files.exists(there) && there.getParent() != null) {
                there = there.getParent();
            }
            Path real = real(there);
            Set<Object> keys = new HashSet<>();
            for (Path above = real; above != null; above = above.getParent()) {
                keys.add(key(above));
            }
            keys.remove(null);
            Object key = there.equals(folder) ? key(real) : null;
            return new Place(real.resolve(there.relativize(folder)).normalize(), key, keys);
        }

        private static Path real(Path path) {
            try {
                return path.toRealPath();
            } catch (IOException e) {
                return path;
            }
        }

        private static @Nullable Object key(Path path) {
            try {
                return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            } catch (IOException e) {
                return null;
            }
        }

        boolean same(Place other) {
            return real.equals(other.real) || key != null && key.equals(other.key);
        }

        boolean within(Place other) {
            return real.startsWith(other.real) || other.key != null && keys.contains(other.key);
        }

        boolean overlaps(Place other) {
            return within(other) || other.within(this);
        }
    }

    /** A folder that is being given to a repository: until this is closed, no other repository gets it. */
    final class Hold implements AutoCloseable {
        private final Ref<SR> sr;
        private final Place place;

        private Hold(Ref<SR> sr, Place place) {
            this.sr = sr;
            this.place = place;
        }

        @Override
        public void close() {
            synchronized (holds) {
                holds.remove(this);
            }
        }
    }

    /** Another repository and its folder. */
    private record Other(Ref<SR> sr, Place place) {}

    /**
     * Takes a folder for a repository. SR_DEVICE_IN_USE, as XAPI answers when a driver finds its device in use, when it
     * is not free; the log says why.
     */
    Hold take(Ref<SR> sr, Path folder) {
        Place place = Place.of(folder);
        Hold hold = new Hold(sr, place);
        synchronized (holds) {
            for (Hold other : holds) {
                if (!other.sr.equals(sr) && other.place.overlaps(place)) {
                    throw inUse(folder, "another repository is being made there");
                }
            }
            holds.add(hold);
        }
        // From here on, later callers for the same folder fail above, and earlier ones have their rows in the snapshot.
        try {
            refuseData(folder, place);
            for (Other other : others(store.snapshot(), sr)) {
                if (other.place().overlaps(place)) {
                    throw inUse(
                            folder,
                            "the repository " + uuid(other.sr()) + " has "
                                    + other.place().real());
                }
            }
            return hold;
        } catch (RuntimeException | Error e) {
            hold.close();
            throw e;
        }
    }

    private void refuseData(Path folder, Place place) {
        Place own = Place.of(data);
        boolean open = OPEN.stream().anyMatch(name -> place.within(Place.of(data.resolve(name))));
        if (!open && place.overlaps(own)) {
            throw inUse(folder, "jxapid keeps its own data in " + own.real());
        }
    }

    private static XenApiException inUse(Path folder, String why) {
        LOG.warn("SR folder {}: not available: {}", folder, why);
        return Errors.srDeviceInUse();
    }

    private String uuid(Ref<SR> sr) {
        return store.snapshot().find(sr).map(found -> found.row().get(SR.UUID)).orElse(sr.value());
    }

    private static List<Other> others(Snapshot snapshot, Ref<SR> sr) {
        List<Other> others = new ArrayList<>();
        for (Stored<PBD> stored : snapshot.all(PBD.XEN_CLASS)) {
            Row<PBD> pbd = stored.row();
            Ref<SR> other = pbd.get(PBD.SR);
            if (!other.equals(sr) && snapshot.find(other).isPresent()) {
                try {
                    Path folder = Drivers.of(snapshot, other).folder(pbd.get(PBD.DEVICE_CONFIG));
                    others.add(new Other(other, Place.of(folder)));
                } catch (XenApiException e) {
                    // It leads nowhere: there is no driver for it, or no location in it.
                }
            }
        }
        return others;
    }

    /**
     * Finds the repositories that are not apart, as earlier versions allowed, and logs them. Called once, at the start:
     * later none can come.
     */
    void look() {
        Snapshot snapshot = store.snapshot();
        List<Other> all = others(snapshot, Ref.nil());
        for (Other one : all) {
            for (Other other : all) {
                if (one.sr().equals(other.sr())) {
                    continue;
                }
                if (one.place().same(other.place())) {
                    shared.computeIfAbsent(one.sr(), sr -> ConcurrentHashMap.newKeySet())
                            .add(other.sr());
                    LOG.warn(
                            "SR {}: shares the folder {} with {}, which an earlier version allowed."
                                    + " Each keeps the disks that it has. Forget one of them (SR.forget)",
                            uuid(one.sr()),
                            one.place().real(),
                            uuid(other.sr()));
                } else if (one.place().within(other.place())) {
                    LOG.warn(
                            "SR {}: its folder is in the folder {} of {}, which an earlier version allowed."
                                    + " Once unplugged it cannot be plugged again before one of them is forgotten"
                                    + " (SR.forget)",
                            uuid(one.sr()),
                            other.place().real(),
                            uuid(other.sr()));
                }
            }
        }
    }

    /** The other repositories in the very same folder. */
    Set<Ref<SR>> sharing(Ref<SR> sr) {
        return shared.getOrDefault(sr, Set.of());
    }

    /** Says that the repository has been plugged, into a folder of its own. */
    void plugged(Ref<SR> sr) {
        shared.remove(sr);
        shared.values().forEach(others -> others.remove(sr));
    }

    /** Whether a symbolic link leads into another repository, or into the daemon's own data. */
    boolean leadsAway(SrFolder repository, Path link) {
        try {
            Place target = Place.of(Objects.requireNonNull(link.toRealPath().getParent()));
            return target.within(Place.of(data)) && !target.within(Place.of(repository.folder()))
                    || others(store.snapshot(), repository.sr()).stream()
                            .anyMatch(other -> target.within(other.place()));
        } catch (IOException e) {
            return true;
        }
    }
}
