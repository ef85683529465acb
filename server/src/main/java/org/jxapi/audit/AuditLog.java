package org.jxapi.audit;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jxapi.store.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the lines of the audit log, on a thread of its own. Nobody waits for the disk: while it is slow, lines wait in a
 * queue of limited size; when the queue is full, or the disk is, lines are lost, and a line says how many.
 */
public final class AuditLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    /** Bytes of lines that may wait. */
    private static final int QUEUE = 8 << 20;
    /** Bytes that are written at once. */
    private static final int BATCH = 256 << 10;
    /** How long the end of the daemon, and readers, wait for the lines before. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** How long a line waits behind a failure. */
    private static final long RETRY_MILLIS = 1000;

    private final AuditFile file;
    private final Clock clock;
    private final Thread writer = new Thread(this::work, "audit");
    private final Deque<byte[]> queue = new ArrayDeque<>();
    private int queued;
    private long lost;
    private boolean writing;
    private boolean closed;

    private AuditLog(AuditFile file, Clock clock) {
        this.file = file;
        this.clock = clock;
        writer.setDaemon(true);
    }

    /**
     * Opens the log.
     *
     * @throws IOException when its file cannot be written; the message is one line that names the file
     */
    public static AuditLog open(AuditSettings settings, Clock clock) throws IOException {
        AuditFile file;
        try {
            file = new AuditFile(settings, clock);
        } catch (IOException e) {
            throw new IOException("cannot write the audit log " + settings.file() + ": " + Reason.of(e), e);
        }
        AuditLog log = new AuditLog(file, clock);
        log.writer.start();
        return log;
    }

    /** Appends a line, which has no line break. */
    void add(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        synchronized (queue) {
            if (closed || queued + bytes.length > QUEUE) {
                lost++;
                return;
            }
            queue.add(bytes);
            queued += bytes.length;
            queue.notifyAll();
        }
    }

    private void work() {
        try {
            for (byte[] batch = next(); batch.length > 0; batch = next()) {
                write(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next lines, as soon as there are any; empty at the end. */
    private byte[] next() throws InterruptedException {
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        synchronized (queue) {
            writing = false;
            queue.notifyAll();
            while (queue.isEmpty() && !closed) {
                queue.wait();
            }
            while (!queue.isEmpty() && (batch.size() == 0 || batch.size() + queue.element().length <= BATCH)) {
                byte[] line = queue.remove();
                queued -= line.length;
                batch.writeBytes(line);
            }
            writing = batch.size() > 0;
        }
        return batch.toByteArray();
    }

    private void write(byte[] lines) throws InterruptedException {
        try {
            file.append(lines);
        } catch (IOException e) {
            long count = new String(lines, StandardCharsets.UTF_8).lines().count();
            LOG.warn("Audit log: {} records could not be written: {}", count, Reason.of(e));
            lose(count);
            pause();
            return;
        }
        long missing = takeLost();
        if (missing > 0) {
            try {
                file.append((AuditLine.lost(clock.instant(), missing) + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                lose(missing);
            }
        }
    }

    private void lose(long count) {
        synchronized (queue) {
            lost += count;
        }
    }

    private long takeLost() {
        synchronized (queue) {
            long count = lost;
            lost = 0;
            return count;
        }
    }

    /** A full disk is not asked again for every line. */
    private void pause() throws InterruptedException {
        long end = System.nanoTime() + RETRY_MILLIS * 1_000_000;
        synchronized (queue) {
            for (long left = RETRY_MILLIS; left > 0 && !closed; left = (end - System.nanoTime()) / 1_000_000) {
                queue.wait(left);
            }
        }
    }

    /** Waits until the lines before are written, or for a short time. */
    private void settle() throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        synchronized (queue) {
            long left = PATIENCE.toMillis();
            while ((writing || !queue.isEmpty()) && left > 0) {
                queue.wait(left);
                left = (end - System.nanoTime()) / 1_000_000;
            }
        }
    }

    /**
     * Writes the log, the oldest line first.
     *
     * @param since only lines of that time and later, as the first characters of {@code yyyyMMddTHH:mm:ss.SSS}; empty for
     *     all
     */
    void copy(String since, OutputStream out) throws IOException {
        try {
            settle();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the daemon stops", e);
        }
        for (Path part : file.parts()) {
            copy(part, since, out);
        }
    }

    private static void copy(Path part, String since, OutputStream out) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(part)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (since.isEmpty() || AuditLine.time(line).compareTo(since) >= 0) {
                    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (NoSuchFileException e) {
            LOG.debug("A part of the audit log was removed while it was read: {}", part);
        }
    }

    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            queue.notifyAll();
        }
        try {
            writer.join(PATIENCE.toMillis());
            file.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("Audit log: {}", Reason.of(e));
        }
    }
}
