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
import org.jxapi.volume.Repository;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps storage repositories apart. No two have the same device or export. No folder is, holds or lies in another's, nor
 * in the daemon's own data. Folders are compared by what they are, not by their names: symbolic links and bind mounts do
 * not hide that two are one.
 */
public final class SrFolders {
    private static final Logger LOG = LoggerFactory.getLogger(SrFolders.class);
    /** The folders in the data folder that are made for repositories. */
    private static final List<String> OPEN = List.of("storage", "iso", "sr", "sr-mount");

    private final Store store;
    private final Drivers drivers;
    private final Path data;
    private final List<Hold> holds = new ArrayList<>();
    private final Map<Ref<SR>, Set<Ref<SR>>> shared = new ConcurrentHashMap<>();

    public SrFolders(Store store, Drivers drivers, Path data) {
        this.store = store;
        this.drivers = drivers;
        this.data = data.toAbsolutePath().normalize();
    }

    /**
     * The place of a repository. Its folder is as the kernel knows it.
     *
     * @param name the name that the driver gives it; two places of one name are the same
     * @param real the path of its folder, without links; null when it has none
     * @param key what its folder is; null when it is not there
     * @param keys what the folder and all folders above it are
     */
    private record Place(
            String name, @Nullable Path real, @Nullable Object key, Set<Object> keys) {
        static Place of(AttachedSr sr) {
            Repository repository = sr.repository();
            Ref<Host> elsewhere = sr.elsewhere();
            String name = repository.place();
            if (elsewhere != null) {
                // A path of another machine is another place, and a share of a server is the same.
                return new Place(name.startsWith("/") ? elsewhere.value() + ":" + name : name, null, null, Set.of());
            }
            return repository
                    .folder()
                    .map(folder -> of(name, folder))
                    .orElseGet(() -> new Place(name, null, null, Set.of()));
        }

        static Place of(Path folder) {
            return of(folder.toString(), folder);
        }

        private static Place of(String name, Path folder) {
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
            return new Place(name, real.resolve(there.relativize(folder)).normalize(), key, keys);
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
            return name.equals(other.name)
                    || real != null && real.equals(other.real)
                    || key != null && key.equals(other.key);
        }

        /** The folder, or the name of a place that is no folder. */
        String shown() {
            return real == null ? name : real.toString();
        }

        boolean within(Place other) {
            return real != null && other.real != null && real.startsWith(other.real)
                    || other.key != null && keys.contains(other.key);
        }

        boolean overlaps(Place other) {
            return same(other) || within(other) || other.within(this);
        }
    }

    /** A place that is being given to a repository: until this is closed, no other repository gets it. */
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

    /** Another repository and its place. */
    private record Other(Ref<SR> sr, Place place) {}

    /**
     * Takes the place of a repository. SR_DEVICE_IN_USE, as XAPI answers when a driver finds its device in use, when it
     * is not free; the log says why.
     */
    Hold take(AttachedSr attached) {
        Ref<SR> sr = attached.sr();
        Place place = Place.of(attached);
        Hold hold = new Hold(sr, place);
        synchronized (holds) {
            for (Hold other : holds) {
                if (!other.sr.equals(sr) && other.place.overlaps(place)) {
                    throw inUse(place, "another repository is being made there");
                }
            }
            holds.add(hold);
        }
        // From here on, later callers for the same folder fail above, and earlier ones have their rows in the snapshot.
        try {
            refuseData(place);
            for (Other other : others(store.snapshot(), sr)) {
                if (other.place().overlaps(place)) {
                    throw inUse(
                            place,
                            "the repository " + uuid(other.sr()) + " has "
                                    + other.place().shown());
                }
            }
            return hold;
        } catch (RuntimeException | Error e) {
            hold.close();
            throw e;
        }
    }

    private void refuseData(Place place) {
        Place own = Place.of(data);
        boolean open = OPEN.stream().anyMatch(name -> place.within(Place.of(data.resolve(name))));
        if (!open && place.overlaps(own)) {
            throw inUse(place, "jxapid keeps its own data in " + own.shown());
        }
    }

    private static XenApiException inUse(Place place, String why) {
        LOG.warn("SR folder {}: not available: {}", place.name(), why);
        return Errors.srDeviceInUse();
    }

    private String uuid(Ref<SR> sr) {
        return store.snapshot().find(sr).map(found -> found.row().get(SR.UUID)).orElse(sr.value());
    }

    private List<Other> others(Snapshot snapshot, Ref<SR> sr) {
        List<Other> others = new ArrayList<>();
        for (Stored<PBD> stored : snapshot.all(PBD.XEN_CLASS)) {
            Row<PBD> pbd = stored.row();
            Ref<SR> other = pbd.get(PBD.SR);
            if (!other.equals(sr) && snapshot.find(other).isPresent()) {
                try {
                    others.add(new Other(other, Place.of(drivers.by(snapshot, pbd))));
                } catch (XenApiException e) {
                    // It leads nowhere: there is no driver for it, no location in it, or its host is offline.
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
                            one.place().shown(),
                            uuid(other.sr()));
                } else if (one.place().within(other.place())) {
                    LOG.warn(
                            "SR {}: its folder is in the folder {} of {}, which an earlier version allowed."
                                    + " Once unplugged it cannot be plugged again before one of them is forgotten"
                                    + " (SR.forget)",
                            uuid(one.sr()),
                            other.place().shown(),
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

    /** The names of the files that are disks of the other repositories in the very same folder. */
    Set<String> foreign(Snapshot snapshot, Ref<SR> sr) {
        Set<String> names = new HashSet<>();
        for (Ref<SR> other : sharing(sr)) {
            for (Ref<PBD> pbd :
                    snapshot.find(other).map(found -> found.row().get(SR.PBDS)).orElse(List.of())) {
                Repository repository = drivers.by(snapshot, snapshot.row(pbd)).repository();
                for (Ref<VDI> vdi : snapshot.get(other, SR.VDIS)) {
                    names.add(name(repository.path(snapshot.get(vdi, VDI.LOCATION))));
                }
            }
        }
        return names;
    }

    /** The name of a volume's file. */
    static String name(Path volume) {
        return Objects.requireNonNull(volume.getFileName()).toString();
    }

    /** Whether the file is a symbolic link into another repository, or into the daemon's own data. */
    boolean leadsAway(AttachedSr sr, Path link) {
        Path folder = sr.repository().folder().orElse(null);
        if (folder == null || !Files.isSymbolicLink(link)) {
            return false;
        }
        try {
            Place target = Place.of(Objects.requireNonNull(link.toRealPath().getParent()));
            return target.within(Place.of(data)) && !target.within(Place.of(folder))
                    || others(store.snapshot(), sr.sr()).stream().anyMatch(other -> target.within(other.place()));
        } catch (IOException e) {
            return true;
        }
    }
}
