package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.image.Image;

/** One operation that is tried on a repository, with the features without which clients may not ask for it. */
enum Trial {
    READ("read a disk", List.of("VDI_ATTACH")) {
        @Override
        String on(Subject subject) throws IOException {
            subject.holds(subject.disk(), subject.contents());
            return YES;
        }
    },
    WRITE("write to a disk", List.of("VDI_CREATE")) {
        @Override
        String on(Subject subject) throws IOException {
            try (Image image = subject.repository().open(subject.disk(), true)) {
                image.write(5000, ByteBuffer.wrap(subject.contents(), 5000, 100));
            }
            subject.holds(subject.disk(), subject.contents());
            return YES;
        }
    },
    CREATE("make a disk", List.of("VDI_CREATE")) {
        @Override
        String on(Subject subject) throws IOException {
            subject.repository().create(subject.other(), 1 << 20);
            subject.holds(subject.other(), new byte[1 << 20]);
            return YES;
        }
    },
    DELETE("delete a disk", List.of("VDI_DELETE")) {
        @Override
        String on(Subject subject) throws IOException {
            subject.repository().begin(subject.disk());
            subject.repository().discard(subject.disk());
            assertThat(subject.repository().holds(subject.disk())).isFalse();
            return YES;
        }
    },
    CLONE("snapshot, clone", List.of("VDI_CLONE", "VDI_SNAPSHOT")) {
        @Override
        String on(Subject subject) throws IOException {
            boolean atOnce = subject.repository().clone(subject.disk(), subject.other());
            if (!atOnce) {
                subject.repository().create(subject.other(), subject.contents().length);
                Copying.into(subject.repository(), subject.other(), subject.repository(), subject.disk(), done -> {});
            }
            subject.holds(subject.other(), subject.contents());
            return atOnce ? AT_ONCE : COPY;
        }
    },
    REVERT("revert to a snapshot", List.of("VDI_REVERT")) {
        @Override
        String on(Subject subject) throws IOException {
            Repository repository = subject.repository();
            CLONE.on(subject);
            try (Image image = repository.open(subject.disk(), true)) {
                image.write(0, ByteBuffer.wrap(new byte[9000]));
            }
            boolean atOnce = repository.revert(subject.other(), subject.disk());
            if (!atOnce) {
                try (Stage stage = repository.stage(subject.disk(), subject.contents().length)) {
                    Copying.into(stage, subject.contents().length, repository, subject.other(), done -> {});
                    stage.take();
                }
            }
            subject.holds(subject.disk(), subject.contents());
            return atOnce ? AT_ONCE : COPY;
        }
    },
    RESIZE("enlarge a disk", List.of("VDI_RESIZE")) {
        @Override
        String on(Subject subject) throws IOException {
            int bytes = 2 * subject.contents().length;
            subject.repository().resize(subject.disk(), bytes);
            subject.holds(subject.disk(), Arrays.copyOf(subject.contents(), bytes));
            return YES;
        }
    },
    IMPORT("import over a disk, in one step", List.of("VDI_CREATE")) {
        @Override
        String on(Subject subject) throws IOException {
            byte[] contents = new byte[1 << 20];
            try (Stage stage = subject.repository().stage(subject.disk(), contents.length)) {
                try (Image image = stage.open()) {
                    Contract.write(image, contents, 0, 5000);
                }
                stage.take();
            }
            subject.holds(subject.disk(), contents);
            return YES;
        }
    },
    RESET("`on_boot=reset`", List.of("VDI_RESET_ON_BOOT")) {
        @Override
        String on(Subject subject) throws IOException {
            Repository repository = subject.repository();
            long before = repository.usage().used();
            repository.keepBase(subject.disk());
            boolean atOnce = repository.usage().used() - before < subject.contents().length / 2;
            try (Image image = repository.open(subject.disk(), true)) {
                image.write(0, ByteBuffer.wrap(new byte[9000]));
            }
            repository.reset(subject.disk(), subject.contents().length);
            subject.holds(subject.disk(), subject.contents());
            return atOnce ? AT_ONCE : COPY;
        }
    },
    TRACK("changed-block tracking", List.of("VDI_CONFIG_CBT")) {
        @Override
        String on(Subject subject) throws IOException {
            Repository repository = subject.repository();
            try {
                repository.track(subject.disk());
            } catch (XenApiException e) {
                return "refused: `" + e.code() + "`";
            }
            repository.snapshot(subject.disk(), subject.other());
            try (Image image = repository.open(subject.disk(), true)) {
                image.write(5L * ChangedBlocks.BLOCK, ByteBuffer.wrap(new byte[10]));
                image.sync();
            }
            assertThat(repository.changed(subject.other(), subject.disk()).bitmap())
                    .startsWith(4, 0)
                    .endsWith(0, 0);
            return YES;
        }
    },
    LARGE("disks above 2 TiB", List.of("LARGE_VDI")) {
        @Override
        String on(Subject subject) throws IOException {
            subject.repository().create(subject.other(), 3L << 40);
            assertThat(subject.repository().bytes(subject.other())).isEqualTo(3L << 40);
            return YES;
        }
    };

    static final String YES = "yes";
    static final String AT_ONCE = "at once";
    static final String COPY = "by a copy";

    private final String label;
    private final List<String> features;

    Trial(String label, List<String> features) {
        this.label = label;
        this.features = features;
    }

    String label() {
        return label;
    }

    List<String> features() {
        return features;
    }

    /** Does it, checks the contents, and says how it was done. An IOException when the repository refuses. */
    abstract String on(Subject subject) throws IOException;

    /** A new repository with a disk of these contents, and the name of another that is not there. */
    record Subject(Repository repository, String disk, String other, byte[] contents) {
        void holds(String location, byte[] expected) throws IOException {
            assertThat(Contract.read(repository, location)).isEqualTo(expected);
        }
    }
}
