package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    private record Column(Kind kind, Ground ground) {
        String title() {
            String place = kind.readOnly() ? "" : " on " + ground;
            return "`" + kind.driver().type() + "`: " + kind + place;
        }
    }

    private static List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            columns.add(new Column(kind, Ground.EXT4));
            if (!kind.readOnly()) {
                columns.add(new Column(kind, Ground.XFS));
            }
        }
        return columns;
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
            text.append(' ').append(path(subject(column))).append(" |");
        }
        new GeneratedFile("docs/storage.md").mustHoldPart(text + "\n\n");
    }

    @Test
    void featuresArePublishedForOperationsThatWorkAndForNoOthers() throws IOException {
        for (Column column : columns()) {
            for (Trial trial : Trial.values()) {
                assertThat(column.kind().driver().features().containsAll(trial.features()))
                        .as("%s: %s", column.title(), trial.label())
                        .isEqualTo(!result(trial, column).contains(REFUSED));
            }
        }
    }

    private static String result(Trial trial, Column column) throws IOException {
        Subject subject = subject(column);
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
                yield "raw, the kernel (`phy` on a loop device)";
            }
        };
    }

    private static Subject subject(Column column) throws IOException {
        Path folder = GROUNDS.fresh(column.ground());
        Repository repository = column.kind().in(folder);
        String suffix = column.kind().readOnly() ? column.kind().suffix() : "";
        Subject subject = new Subject(repository, "disk" + suffix, "other" + suffix, Contract.random(BYTES));
        if (repository.readOnly()) {
            Files.createDirectory(folder);
            Files.write(repository.path(subject.disk()), subject.contents());
            repository.attach();
            return subject;
        }
        repository.create();
        repository.attach();
        repository.create(subject.disk(), subject.contents().length);
        try (Image image = repository.open(subject.disk(), true)) {
            image.write(0, ByteBuffer.wrap(subject.contents()));
            image.sync();
        }
        return subject;
    }
}
