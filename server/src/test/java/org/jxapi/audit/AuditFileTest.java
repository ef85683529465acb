package org.jxapi.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.HandClock;

/** The files of the audit log: how they rotate, and what becomes of lines that cannot be written. */
class AuditFileTest {
    @TempDir
    Path folder;

    private final HandClock clock = new HandClock("2026-09-10T12:00:00Z");

    private AuditSettings settings(long bytes) {
        return new AuditSettings(folder.resolve("audit.log"), bytes, 3);
    }

    private List<Path> parts() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static String all(AuditLog log, String since) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        log.copy(since, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String line(String text) {
        return AuditLine.of(clock.instant(), "10.0.0.1", "VM.start", "('" + text + "')");
    }

    @Test
    void aLargeFileIsRotatedAndAllPartsAreReadInOrder() throws Exception {
        try (AuditLog log = AuditLog.open(settings(300), clock)) {
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                clock.pass(Duration.ofSeconds(1));
                String line = line("record " + i);
                expected.append(line).append("\n");
                log.add(line);
                // One at a time, so that each decides about the rotation.
                all(log, "");
            }
            assertThat(parts()).hasSizeGreaterThan(4);
            for (Path part : parts()) {
                assertThat(Files.size(part)).isLessThanOrEqualTo(300);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part)))
                        .isEqualTo("rw-------");
            }
            assertThat(all(log, "")).isEqualTo(expected.toString());
            assertThat(all(log, "20260910T12:00:20.000").lines()).hasSize(1);
            assertThat(all(log, "20260910T12:00:1").lines()).hasSize(11);
            assertThat(all(log, "20260911")).isEmpty();
        }
    }

    @Test
    void aDayHasAFileOfItsOwnAndOldOnesGo() throws Exception {
        try (AuditLog log = AuditLog.open(settings(1 << 20), clock)) {
            for (int day = 0; day < 6; day++) {
                log.add(line("day " + day));
                all(log, "");
                for (Path part : parts()) {
                    if (part.endsWith("audit.log")) {
                        Files.setLastModifiedTime(part, FileTime.from(clock.instant()));
                    }
                }
                clock.pass(Duration.ofDays(1));
            }
            assertThat(all(log, ""))
                    .contains("day 5", "day 4", "day 3", "day 2")
                    .doesNotContain("day 0", "day 1'");
        }
    }

    @Test
    void aLineThatCannotBeWrittenIsCounted() throws Exception {
        Path file = folder.resolve("audit.log");
        try (AuditLog log = AuditLog.open(settings(1 << 20), clock)) {
            Files.delete(file);
            Files.createDirectory(file);
            log.add(line("lost"));
            log.add(line("lost too"));
            assertThatThrownBy(() -> all(log, "")).isInstanceOf(IOException.class);
            Files.delete(file);
            log.add(line("written"));
            Eventually.holds(() -> assertThat(all(log, "")).contains("'ERROR:2 records could not be written'"));
            assertThat(all(log, "")).contains("written").doesNotContain("lost'");
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsNamed() throws Exception {
        Files.createDirectory(folder.resolve("audit.log"));
        assertThatThrownBy(() -> AuditLog.open(settings(1), clock))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot write the audit log " + folder.resolve("audit.log") + ": ");
    }

    /** debug.ml escape: a client cannot begin a line of its own. */
    @Test
    void aLineIsPrintableAscii() {
        assertThat(line("a\nb\u001b[0mä\\"))
                .startsWith("[20260910T12:00:00.000Z|audit||")
                .endsWith(" 10.0.0.1|VM.start|audit] ('a b\\x1B[0m\\xC3\\xA4\\\\')");
    }
}
