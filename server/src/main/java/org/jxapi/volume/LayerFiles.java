package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Image;
import org.jxapi.image.Qcow2Image;

/**
 * Changes to the set of layers of a repository. A snapshot of a disk may be taken while an upload to the disk ends and a merge of
 * other layers runs. So there are two kinds of turns. Work on a volume takes the turn of the volume, for as long as it needs
 * a layer that only it knows of. Each change of names, and each look at all of them, takes the turn of the repository, which
 * is short. That turn comes last, and no merge is stopped in it.
 */
final class LayerFiles {
    /** All repositories in one folder share these. */
    private static final Turns TURNS = new Turns();

    /** A layer that has no number yet. */
    private static final String UNNAMED = ".jxapi-0";

    private final LayerStore store;

    LayerFiles(LayerStore store) {
        this.store = store;
    }

    /** The volume to which contents that are not complete belong, by the name of their file without its end. */
    static String diskOfPart(String name) {
        return name.endsWith(UNNAMED) ? name.substring(0, name.length() - UNNAMED.length()) : name;
    }

    /** Does work on a volume alone. */
    <T> T volume(String location, Turns.Work<T> work) throws IOException {
        return volumes(Set.of(location), work);
    }

    /** Does work on some volumes alone. */
    <T> T volumes(Set<String> locations, Turns.Work<T> work) throws IOException {
        return TURNS.take(locations.stream().map(store::path).toList(), work);
    }

    /** Does short work while no layer comes, goes or gets another name. */
    <T> T still(Turns.Work<T> work) throws IOException {
        return TURNS.take(store.folder(), work);
    }

    /** Gives what has one name another one, in the place of what has that. */
    void replace(String by, String name) throws IOException {
        still(() -> {
            store.rename(by, name);
            return name;
        });
    }

    /** Makes an empty layer the newest one of a volume; on disk when this returns. */
    Path add(String location, long bytes, @Nullable String below) throws IOException {
        return empty(location, bytes, below, part -> addPart(location, part));
    }

    /** The same for a layer of that name, which is no layer of a disk. */
    void make(String name, String location, long bytes, String below) throws IOException {
        empty(location, bytes, below, part -> {
            replace(part, name);
            return store.path(name);
        });
    }

    private Path addPart(String location, String part) throws IOException {
        return still(() -> {
            String next = Layers.next(store, location);
            store.rename(part, next);
            return store.path(next);
        });
    }

    /** The way in which a complete image gets its name. */
    private interface Naming {
        Path name(String part) throws IOException;
    }

    private Path empty(String location, long bytes, @Nullable String below, Naming naming) throws IOException {
        // Not the name of new contents, which may be under way. No volume has such a name.
        String part = location + UNNAMED + RawFolder.PART;
        store.remove(part);
        try {
            store.create(part, bytes, below);
            return naming.name(part);
        } finally {
            store.remove(part);
        }
    }

    /** Starts new contents for a volume, which begin as an empty layer. */
    Stage stage(String location, long bytes, @Nullable String below, Taken taken) throws IOException {
        String part = location + RawFolder.PART;
        store.remove(part);
        store.create(part, bytes, below);
        store.makeRoom(part, bytes);
        return new PartImage(store, part, () -> taken.take(() -> addPart(location, part)));
    }

    /** The step in which new contents become those of a volume. */
    interface Taken {
        void take(Turns.Work<Path> addition) throws IOException;
    }

    private interface End {
        void take() throws IOException;
    }

    private record PartImage(LayerStore store, String part, End end) implements Stage {
        @Override
        public Image open() throws IOException {
            return Qcow2Image.open(store.path(part), true);
        }

        @Override
        public Optional<Path> raw() {
            return Optional.empty();
        }

        @Override
        public void take() throws IOException {
            end.take();
        }

        @Override
        public void close() throws IOException {
            store.remove(part);
        }
    }
}
