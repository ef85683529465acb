package org.jxapi.smapi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jxapi.image.Image;
import org.jxapi.volume.Copying;
import org.jxapi.volume.Repository;
import org.jxapi.volume.Stage;

/** New and kept contents of disks, in volumes of their own. */
final class NewContents {
    private final Repository repository;
    private final DriverSr sr;

    NewContents(Repository repository, DriverSr sr) {
        this.repository = repository;
        this.sr = sr;
    }

    /** Starts contents full of zeros. */
    Stage stage(String location, long bytes) throws IOException {
        sr.destroy(Keys.part(location));
        sr.create(Keys.part(location), bytes);
        return new Part(location);
    }

    /** Starts contents for a volume that are those of another. */
    Stage copy(String from, String location, DoubleConsumer progress) throws IOException {
        return copied(from, location, progress);
    }

    private Part copied(String from, String location, DoubleConsumer progress) throws IOException {
        Part part = new Part(location);
        boolean copied = false;
        try {
            sr.destroy(part.key());
            if (!repository.clone(from, part.key())) {
                sr.create(part.key(), repository.bytes(from));
                Copying.into(repository, part.key(), repository, from, progress);
            }
            copied = true;
            return part;
        } finally {
            if (!copied) {
                part.close();
            }
        }
    }

    /** New contents in a volume of their own. */
    private final class Part implements Stage {
        private final String location;
        private boolean taken;

        Part(String location) {
            this.location = location;
        }

        String key() {
            return Keys.part(location);
        }

        @Override
        public Image open() throws IOException {
            return repository.open(key(), true);
        }

        @Override
        public Optional<Path> raw() {
            return repository.raw(key());
        }

        @Override
        public void take() throws IOException {
            takeAs(location);
        }

        /** Makes them those of a volume that need not be there. */
        void takeAs(String volume) throws IOException {
            try (Image image = open()) {
                image.sync();
            }
            sr.replace(volume, key());
            taken = true;
        }

        @Override
        public void close() throws IOException {
            if (!taken) {
                sr.destroy(key());
            }
        }
    }

    /** Gives a volume the contents of another at once; false if the driver cannot. */
    boolean revert(String from, String to) throws IOException {
        String part = Keys.part(to);
        sr.destroy(part);
        if (!repository.clone(from, part)) {
            return false;
        }
        sr.replace(to, part);
        return true;
    }

    void keepBase(String location) throws IOException {
        try (Part copy = copied(location, location, done -> {})) {
            copy.takeAs(Keys.base(location));
        }
    }

    void reset(String location, long bytes) throws IOException {
        try (Part copy = copied(Keys.base(location), location, done -> {})) {
            if (repository.bytes(copy.key()) < bytes) {
                sr.resize(copy.key(), bytes);
            }
            copy.take();
        }
    }

    void dropBase(String location) throws IOException {
        sr.destroy(Keys.base(location));
    }

    /** Removes all that belongs to a volume apart from itself. */
    void discard(String location) throws IOException {
        sr.destroy(Keys.part(location));
        sr.destroy(Keys.base(location));
    }

    /** Whether kept contents are of no use: a disk that resets now did not need to when they were found. */
    private static boolean isFree(String base, Predicate<String> free, Predicate<String> resets) {
        String disk = Keys.diskOfBase(base);
        return !resets.test(disk) && free.test(disk) && !resets.test(disk);
    }

    /** Removes incomplete contents, and kept ones of volumes that do not reset. */
    void tidy(Predicate<String> free, Predicate<String> resets) throws IOException {
        for (DriverVolume volume : sr.volumes()) {
            String key = volume.key();
            if (Keys.isPart(key) && free.test(Keys.diskOfPart(key)) || Keys.isBase(key) && isFree(key, free, resets)) {
                sr.destroy(key);
            }
        }
    }
}
