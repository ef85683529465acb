package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.SafeFile;
import org.jxapi.volume.CutWork.Disk;
import org.jxapi.volume.CutWork.Expected;
import org.jxapi.volume.CutWork.Flight;

/** The state of a repository after an operation was interrupted. */
final class Aftermath {
    private Aftermath() {}

    /** The place in which a repository stores its disks. */
    interface Inside {
        /** The names of all that is there. */
        Collection<String> names() throws IOException;

        /** Has qemu-img look at the images. */
        void checkImages() throws IOException;
    }

    /** Files of others in a repository in folder {@code sr} and next to it, which are on disk. */
    static Set<Path> foreign(Path mounted) throws IOException {
        Set<Path> foreign = new TreeSet<>();
        for (String name : List.of("neighbour", "sr/README", "sr/old.raw.bak", "sr/.hidden")) {
            foreign.add(Files.writeString(mounted.resolve(name), name));
        }
        for (Path file : foreign) {
            SafeFile.sync(file);
            VolumeFiles.syncFolder(file);
        }
        return foreign;
    }

    /**
     * Attaches the repository, cleans up with the rows, and checks all disks. It leaves the repository empty.
     *
     * @return the situation, with all names before and after
     */
    static String check(Repository repository, Inside inside, Expected expected, String situation) throws IOException {
        Collection<String> found = inside.names();
        Map<String, Disk> rows = expected.rows();
        repository.attach();
        repository.tidy(
                rows::containsKey,
                name -> rows.containsKey(name) && rows.get(name).kept() != null);
        String as = situation + ", names before " + found + ", after " + inside.names();
        assertThat(repository.volumes()).as(as).extracting(Volume::location).containsExactlyElementsOf(rows.keySet());
        for (Map.Entry<String, Disk> row : rows.entrySet()) {
            assertThat(fault(row.getKey(), row.getValue(), expected.flight(), Contract.read(repository, row.getKey())))
                    .as("%s: contents of %s", as, row.getKey())
                    .isEmpty();
        }
        inside.checkImages();
        for (Map.Entry<String, Disk> row : rows.entrySet()) {
            byte[] kept = row.getValue().kept();
            if (kept != null) {
                repository.reset(row.getKey(), kept.length);
                assertThat(Contract.read(repository, row.getKey()))
                        .as("%s: kept contents of %s", as, row.getKey())
                        .isEqualTo(kept);
            }
        }
        for (String location : rows.keySet()) {
            repository.begin(location);
            repository.discard(location);
        }
        repository.tidy(name -> false, name -> false);
        return as;
    }

    /**
     * The same for a repository in folder {@code sr} of a file system: without any disk, only the files of others are left.
     *
     * @param before where the file system was mounted when {@link #foreign} made the files
     */
    static void check(Kind kind, Path mounted, Path before, Expected expected, Set<Path> foreign, String situation)
            throws IOException {
        Path folder = mounted.resolve("sr");
        Inside inside = new Inside() {
            @Override
            public Collection<String> names() throws IOException {
                return Aftermath.names(folder);
            }

            @Override
            public void checkImages() throws IOException {
                Qemu.checkAllAfterCut(folder);
            }
        };
        String as = check(kind.in(folder), inside, expected, situation);
        Set<Path> left = new TreeSet<>();
        try (Stream<Path> files = Files.walk(mounted)) {
            files.filter(Files::isRegularFile).forEach(file -> left.add(before.resolve(mounted.relativize(file))));
        }
        assertThat(left).as(as).isEqualTo(foreign);
        for (Path file : left) {
            assertThat(mounted.resolve(before.relativize(file)))
                    .as(as)
                    .hasContent(before.relativize(file).toString());
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Describes the first page that is neither old nor new; empty when the disk is as it must be. */
    private static String fault(String location, Disk disk, @Nullable Flight flight, byte[] contents) {
        byte[] old = disk.contents();
        if (Arrays.equals(contents, old)) {
            return "";
        }
        boolean inFlight = flight != null && flight.location().equals(location);
        byte[] fresh = inFlight ? flight.contents() : old;
        if (Arrays.equals(contents, fresh)) {
            return "";
        }
        if (contents.length != old.length) {
            return contents.length + " bytes, expected are " + old.length + " or " + fresh.length;
        }
        boolean mixed = inFlight && flight.pages();
        for (int at = 0; at < contents.length; at += CutWork.PAGE) {
            byte[] page = page(contents, at);
            boolean isOld = Arrays.equals(page, page(old, at));
            if (!isOld && !(mixed && Arrays.equals(page, page(fresh, at)))) {
                return "page at " + at + " of " + contents.length + ", in flight " + inFlight + ", is "
                        + (Arrays.equals(page, new byte[CutWork.PAGE]) ? "zeros" : "something else") + ", new "
                        + Arrays.equals(page, page(fresh, at));
            }
        }
        return "";
    }

    private static byte[] page(byte[] contents, int at) {
        return Arrays.copyOfRange(
                contents, Math.min(at, contents.length), Math.min(at + CutWork.PAGE, contents.length));
    }
}
