package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.image.Image;

/** Operations on the qcow2 images of one folder at the same time: no disk loses contents, and no layer that is needed goes. */
class LayerFilesTest {
    private static final int SIZE = 1 << 20;
    private static final int ROUNDS = 60;

    @TempDir
    Path folder;

    private final Merges merges = new Merges();
    private final AtomicBoolean ended = new AtomicBoolean();

    private ImageFolder open() {
        return new ImageFolder(folder, "sr", "qcow2", new NoGuests(), merges);
    }

    private interface Work {
        void run() throws IOException;
    }

    @Test
    void uploadsSnapshotsAndMergesKeepAllContentsApart() throws Exception {
        make("disk");
        make("other");
        write("disk", 1);
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<?>> background = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                String name = "snapshot" + i;
                background.add(threads.submit(repeat(() -> snapshot(name))));
            }
            background.add(threads.submit(repeat(this::merge)));
            for (int round = 2; round < ROUNDS; round++) {
                upload(round);
                assertThat(read("disk")).as("the last upload").isEqualTo(round);
            }
            ended.set(true);
            for (Future<?> work : background) {
                work.get(1, TimeUnit.MINUTES);
            }
        } finally {
            ended.set(true);
            threads.shutdownNow();
        }
        assertThat(folder.toFile().list()).as("files that are left").noneMatch(name -> name.endsWith(".jxapi-part"));
    }

    private Runnable repeat(Work work) {
        return () -> {
            while (!ended.get()) {
                try {
                    work.run();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    private void upload(int value) throws IOException {
        ImageFolder repository = open();
        try (Stage stage = repository.stage("disk", SIZE)) {
            try (Image image = stage.open()) {
                fill(image, value);
            }
            stage.take();
        }
    }

    /** Snapshots the disk, which others upload to, and removes the snapshot again. */
    private void snapshot(String name) throws IOException {
        ImageFolder repository = open();
        repository.begin(name);
        assertThat(repository.clone("disk", name)).isTrue();
        repository.keep(name);
        int value = read(name);
        assertThat(read(name)).as("a snapshot, read twice").isEqualTo(value);
        discard(name);
    }

    /** Lets a chain of another disk grow, and merges it. */
    private void merge() throws IOException {
        ImageFolder repository = open();
        write("other", 1);
        repository.begin("middle");
        repository.clone("other", "middle");
        repository.keep("middle");
        write("other", 2);
        repository.begin("top");
        repository.clone("other", "top");
        repository.keep("top");
        write("other", 3);
        discard("top");
        while (repository.coalesce(
                location -> !location.startsWith("disk") && !location.startsWith("snapshot"), d -> {})) {
            // One step after the other.
        }
        assertThat(read("middle")).as("a snapshot whose chain was merged").isEqualTo(1);
        assertThat(read("other")).as("a disk whose chain was merged").isEqualTo(3);
        discard("middle");
    }

    private void make(String location) throws IOException {
        ImageFolder repository = open();
        repository.begin(location);
        repository.create(location, SIZE, false);
        repository.keep(location);
    }

    private void discard(String location) throws IOException {
        ImageFolder repository = open();
        repository.begin(location);
        repository.discard(location);
    }

    private void write(String location, int value) throws IOException {
        try (Image image = open().open(location, true)) {
            fill(image, value);
        }
    }

    private static void fill(Image image, int value) throws IOException {
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, (byte) value);
        image.write(0, ByteBuffer.wrap(bytes));
        image.sync();
    }

    /** The byte that fills a whole disk. */
    private int read(String location) throws IOException {
        byte[] bytes = new byte[SIZE];
        try (Image image = open().open(location, false)) {
            image.read(0, ByteBuffer.wrap(bytes));
        }
        byte[] expected = new byte[SIZE];
        Arrays.fill(expected, bytes[0]);
        assertThat(bytes).as("contents of %s", location).isEqualTo(expected);
        return bytes[0];
    }
}
