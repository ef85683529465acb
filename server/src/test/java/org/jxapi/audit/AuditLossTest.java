package org.jxapi.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.HandClock;

/** Records of the audit log that cannot be kept: nobody waits for them, and the log says how many are missing. */
class AuditLossTest {
    private static final Pattern LOST = Pattern.compile("ERROR:(\\d+) records could not be written");
    private static final String RECORD = "record ";

    @TempDir
    Path folder;

    private final HandClock clock = new HandClock("2026-09-10T12:00:00Z");

    private AuditLog open(Path file) throws IOException {
        return AuditLog.open(new AuditSettings(file, 64 << 20, 3), clock);
    }

    private void add(AuditLog log, int count) {
        for (int i = 0; i < count; i++) {
            log.add(AuditLine.of(clock.instant(), "10.0.0.1", "VM.start", RECORD + "x".repeat(1000)));
        }
    }

    /** Checks that each record is in the log or counted as missing; the number of those that are there. */
    private static int accounted(AuditLog log, int added) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        log.copy("", out);
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        int kept = 0;
        int lost = 0;
        for (String line : lines) {
            Matcher missing = LOST.matcher(line);
            if (missing.find()) {
                lost += Integer.parseInt(missing.group(1));
            } else {
                assertThat(line).contains(RECORD).endsWith("x".repeat(1000));
                kept++;
            }
        }
        assertThat(kept + lost).isEqualTo(added);
        assertThat(lost).isPositive();
        return kept;
    }

    @Test
    void aFullQueueTakesNoMoreMemoryAndHoldsUpNobody() throws Exception {
        Path file = folder.resolve("audit.log");
        int added = 20_000;
        try (AuditLog log = open(file)) {
            Files.delete(file);
            Files.createDirectory(file);
            add(log, added);
            Files.delete(file);
            Eventually.holds(() -> {
                int kept = accounted(log, added);
                assertThat(kept).as("as many as fit into 8 MiB").isBetween(4000, 8192);
            });
        }
    }

    @Test
    void aFullDiskLosesWholeRecordsAndTheLogGoesOn() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk.toString()), "only root can mount");
        try (AuditLog log = open(disk.resolve("audit.log"))) {
            // Room for some records, but not for those that come together.
            Path ballast = Files.write(disk.resolve("ballast"), new byte[400 << 10]);
            int added = 400;
            add(log, added);
            // A reader waits until the log has tried to write all.
            ByteArrayOutputStream full = new ByteArrayOutputStream();
            log.copy("", full);
            assertThat(full.size()).isLessThan(112 << 10);
            assertThat(full.toString(StandardCharsets.UTF_8).lines())
                    .allMatch(line -> line.endsWith("x".repeat(1000))
                            || LOST.matcher(line).find());
            Files.delete(ballast);
            add(log, 1);
            Eventually.holds(() -> accounted(log, added + 1));
        } finally {
            assertThat(run("umount", "-l", disk.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor(Duration.ofSeconds(30).toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
    }
}
