package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Backing;
import org.jxapi.image.Format;
import org.jxapi.image.Image;
import org.jxapi.image.Qcow2Image;
import org.jxapi.store.SafeFile;

/**
 * Changes to the set of layers in a folder. A snapshot of a disk may be taken while an upload to the disk ends and a merge of
 * other layers runs. So there are two kinds of turns. Work on a volume takes the turn of the volume, for as long as it needs
 * a layer that only it knows of. Each change of names, and each look at all of them, takes the turn of the folder, which is
 * short. The turn of the folder comes last, and no merge is stopped in it.
 */
final class LayerFiles {
    /** All repositories in one folder share these. */
    private static final Turns TURNS = new Turns();

    /** A layer that has no number yet. */
    private static final String UNNAMED = ".jxapi-0";

    private final Path folder;

    LayerFiles(Path folder) {
        this.folder = folder;
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
        return TURNS.take(locations.stream().map(folder::resolve).toList(), work);
    }

    /** Does short work while no layer of the folder comes, goes or gets another name. */
    <T> T still(Turns.Work<T> work) throws IOException {
        return TURNS.take(folder, work);
    }

    /** Puts a file in the place of another, or of none. */
    void replace(Path by, Path file) throws IOException {
        still(() -> {
            SafeFile.replace(by, file);
            return file;
        });
    }

    /** Makes an empty layer the newest one of a volume; on disk when this returns. */
    Path add(String location, long bytes, @Nullable String below) throws IOException {
        return empty(location, bytes, below, part -> addPart(location, part));
    }

    /** The same for a layer in a file of that name, which is no layer of a disk. */
    void make(Path path, String location, long bytes, String below) throws IOException {
        empty(location, bytes, below, part -> {
            replace(part, path);
            return path;
        });
    }

    private Path addPart(String location, Path part) throws IOException {
        return still(() -> {
            Path next = Layers.next(folder, location);
            SafeFile.replace(part, next);
            return next;
        });
    }

    /** The way in which a complete file gets its name. */
    private interface Naming {
        Path name(Path part) throws IOException;
    }

    private Path empty(String location, long bytes, @Nullable String below, Naming naming) throws IOException {
        // Not the file of new contents, which may be under way. No volume has such a name.
        Path part = folder.resolve(location + UNNAMED + RawFolder.PART);
        Files.deleteIfExists(part);
        try {
            Qcow2Image.create(part, bytes, below == null ? null : new Backing(below, Format.QCOW2));
            return naming.name(part);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Starts new contents for a volume, which begin as an empty layer. */
    Stage stage(String location, long bytes, @Nullable String below, Taken taken) throws IOException {
        Path part = folder.resolve(location + RawFolder.PART);
        Files.deleteIfExists(part);
        Qcow2Image.create(part, bytes, below == null ? null : new Backing(below, Format.QCOW2));
        return new PartImage(part, () -> taken.take(() -> addPart(location, part)));
    }

    /** The step in which new contents become those of a volume. */
    interface Taken {
        void take(Turns.Work<Path> addition) throws IOException;
    }

    private interface End {
        void take() throws IOException;
    }

    private record PartImage(Path part, End end) implements Stage {
        @Override
        public Image open() throws IOException {
            return Qcow2Image.open(part, true);
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
            Files.deleteIfExists(part);
        }
    }
}
