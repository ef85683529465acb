package org.jxapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backups of the database while it is in use: one an hour if anything has changed, each verified by reading all of it. The
 * newest of them are kept, and one of each day for longer.
 */
public final class Backups implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final Duration RETRY = Duration.ofMinutes(10);
    private static final long LOOK_SECONDS = 60;
    private static final String PART = "jxapi-part.zip";
    /** Short-lived contents that are worth no backup: tasks, and their lines in the change log. */
    private static final Set<String> PASSING = Set.of(Seals.LOG, "task");

    private final Copyable database;
    private final Path folder;
    private final int hourly;
    private final int daily;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private Instant retry = Instant.MIN;

    /** When the database was last found to hold nothing new, and what it held in the newest backup of this run. */
    private Instant unchanged = Instant.EPOCH;

    private @Nullable Long saved;

    /**
     * @param hourly how many of the newest are kept
     * @param daily for how many days the last one of the day is kept
     */
    public Backups(Copyable database, Path folder, int hourly, int daily, Clock clock) {
        this.database = database;
        this.folder = folder;
        this.hourly = hourly;
        this.daily = daily;
        this.clock = clock;
        this.timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "backup");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Makes backups from now on, if any are to be kept. */
    public void start() {
        if (hourly > 0 || daily > 0) {
            timer.scheduleWithFixedDelay(this::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Makes a backup if one is due. It logs a failure, and tries again later. */
    void look() {
        Instant now = clock.instant();
        try {
            List<BackupFile> known = BackupFile.list(folder);
            boolean due = known.isEmpty()
                    || !now.isBefore(known.get(0).at().plus(INTERVAL))
                            && !now.isBefore(unchanged.plus(INTERVAL))
                            && known.get(0).sequence() != database.snapshot().sequence();
            if (due && !now.isBefore(retry)) {
                make(now, !known.isEmpty());
                rotate();
            }
        } catch (IOException | SQLException | DatabaseFile.Unreadable | RuntimeException e) {
            retry = now.plus(RETRY);
            LOG.warn("Backup: failed in {}: {}", folder, Reason.of(e));
            LOG.debug("The reason", e);
        }
    }

    private void make(Instant now, boolean others) throws IOException, SQLException, DatabaseFile.Unreadable {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path part = folder.resolve(PART);
        try {
            Content content = VerifiedCopy.make(database, part);
            long held = content.seals().sumWithout(PASSING);
            if (others && saved != null && saved == held) {
                unchanged = now;
                return;
            }
            saved = held;
            BackupFile backup = BackupFile.in(folder, now, content.sequence());
            SafeFile.replace(part, backup.path());
            LOG.info("Backup: {}", backup.path());
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Removes the backups that need not be kept. */
    private void rotate() throws IOException {
        List<BackupFile> all = BackupFile.list(folder);
        Set<LocalDate> days = new HashSet<>();
        for (int i = 0; i < all.size(); i++) {
            LocalDate day = LocalDate.ofInstant(all.get(i).at(), ZoneOffset.UTC);
            boolean last = days.size() < daily && days.add(day);
            if (i >= hourly && !last) {
                Files.deleteIfExists(all.get(i).path());
            }
        }
    }

    @Override
    public void close() {
        timer.shutdown();
        try {
            // One that is under way ends at the latest when the store does.
            timer.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
