package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.GeneratedFile;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.image.Image;
import org.jxapi.volume.Grounds.Ground;
import org.jxapi.volume.Trial.Subject;

/** Every operation on every kind of repository: drivers publish exactly the features that work, and documents say how. */
class StorageMatrixTest {
    /** A disk whose driver does not have the feature: package {@code storage} answers so. */
    private static final String REFUSED = "SR_OPERATION_NOT_SUPPORTED";

    private static final int BYTES = 4 << 20;

    @RegisterExtension
    static final Grounds GROUNDS = new Grounds();

    private static final Driver GROUPS = new LvmDriver(TestDrivers.groups());

    private static LvmGround lvm;
    private static LvmGround layers;

    /** A kind of repositories in a place. */
    private record Column(String title, Driver driver, Map<String, String> smConfig, Maker maker) {
        static Column of(Kind kind, Ground ground) {
            String place = kind.readOnly() ? "" : " on " + ground;
            return new Column(
                    "`" + kind.driver().type() + "`: " + kind + place,
                    kind.driver(),
                    Map.of(),
                    () -> subject(kind, ground));
        }

        /** Where files take the place of logical volumes; {@link LvmContractTest} proves the same on the real ones. */
        static Column ofLvm(LvmGround ground) {
            return new Column("`lvm`, `lvmohba`, `lvmoiscsi`: thin volumes", GROUPS, allocation("thin"), () -> {
                ground.empty();
                return filled(ground.volumes());
            });
        }

        private static Map<String, String> allocation(String name) {
            return Map.of(GroupFormats.ALLOCATION, name);
        }

        boolean has(Trial trial) {
            return driver.features().containsAll(trial.features())
                    && trial.features().stream().noneMatch(GroupFormats.lacking(driver.type(), smConfig)::contains);
        }

        static Column ofLayers(LvmGround ground) {
            return new Column("the same with `allocation=thick`: qcow2 chains", GROUPS, allocation("thick"), () -> {
                ground.empty();
                return filled(ground.layers(new NoGuests()));
            });
        }
    }

    /** Makes a repository with one disk. */
    private interface Maker {
        Subject make() throws IOException;
    }

    private static List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            columns.add(Column.of(kind, Ground.EXT4));
            if (!kind.readOnly()) {
                columns.add(Column.of(kind, Ground.XFS));
            }
        }
        columns.add(Column.ofLvm(lvm));
        columns.add(Column.ofLayers(layers));
        return columns;
    }

    @BeforeAll
    static void makeGroup() throws IOException {
        lvm = LvmGround.make();
        layers = LvmGround.ofLayers(real -> real);
        layers.layers(new NoGuests()).attach();
    }

    @AfterAll
    static void removeGroup() throws IOException {
        lvm.remove();
        layers.empty();
        layers.remove(layers.layers(new NoGuests()));
    }

    @Test
    @Tag("generated")
    void theMatrixSaysHowEachOperationWorks() throws IOException {
        StringBuilder text = new StringBuilder("\n| operation |");
        List<Column> columns = columns();
        columns.forEach(column -> text.append(' ').append(column.title()).append(" |"));
        text.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
        for (Trial trial : Trial.values()) {
            text.append("| ").append(trial.label()).append(" |");
            for (Column column : columns) {
                text.append(' ').append(result(trial, column)).append(" |");
            }
            text.append('\n');
        }
        text.append("| data path of guests |");
        for (Column column : columns) {
            text.append(' ').append(path(column.maker().make())).append(" |");
        }
        new GeneratedFile("docs/storage.md").mustHoldPart(text + "\n\n");
    }

    @Test
    void featuresArePublishedForOperationsThatWorkAndForNoOthers() throws IOException {
        for (Column column : columns()) {
            for (Trial trial : Trial.values()) {
                assertThat(column.has(trial))
                        .as("%s: %s", column.title(), trial.label())
                        .isEqualTo(!result(trial, column).contains(REFUSED));
            }
        }
    }

    private static String result(Trial trial, Column column) throws IOException {
        if (trial == Trial.TRACK && !column.has(trial)) {
            return "refused: `" + REFUSED + "`";
        }
        Subject subject = column.maker().make();
        try {
            return trial.on(subject);
        } catch (IOException e) {
            // An error of the file system is a fault of the driver. A refusal is one of its own, in words.
            if (!subject.repository().readOnly()) {
                throw e;
            }
            return "refused: `" + REFUSED + "`";
        }
    }

    private static String path(Subject subject) {
        GuestDisk disk = subject.repository().guestDisk(subject.disk());
        return switch (disk.backend()) {
            case QDISK -> disk.format().name().toLowerCase(Locale.ROOT) + ", QEMU (`qdisk`)";
            default -> {
                assertThat(disk.format()).isEqualTo(DiskFormat.RAW);
                boolean file = Files.isRegularFile(disk.path()) && !(subject.repository() instanceof ThinVolumes);
                yield "raw, the kernel (`phy`" + (file ? " on a loop device)" : ")");
            }
        };
    }

    private static Subject subject(Kind kind, Ground ground) throws IOException {
        Path folder = GROUNDS.fresh(ground);
        Repository repository = kind.in(folder);
        if (!kind.readOnly()) {
            repository.create();
            return filled(repository);
        }
        String suffix = kind.suffix();
        Subject subject = new Subject(repository, "disk" + suffix, "other" + suffix, Contract.random(BYTES));
        Files.createDirectory(folder);
        Files.write(repository.path(subject.disk()), subject.contents());
        repository.attach();
        return subject;
    }

    private static Subject filled(Repository repository) throws IOException {
        Subject subject = new Subject(repository, "disk", "other", Contract.random(BYTES));
        repository.attach();
        repository.create(subject.disk(), subject.contents().length);
        try (Image image = repository.open(subject.disk(), true)) {
            image.write(0, ByteBuffer.wrap(subject.contents()));
            image.sync();
        }
        return subject;
    }
}
