package org.jxapi.raft;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.SafeFile;
import org.jxapi.store.StateImage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes snapshots, one at a time, on a thread of its own. */
final class SnapshotWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);

    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread made = new Thread(work, "snapshot");
        made.setDaemon(true);
        return made;
    });
    private @Nullable Future<Long> running;

    /** Writes one that is whole, on disk and known to the storage when this returns; its index. */
    long write(SimpleStateMachineStorage storage, TermIndex at, StateImage image) throws IOException {
        File file = storage.getSnapshotFile(at.getTerm(), at.getIndex());
        Path part = file.toPath().resolveSibling(file.getName() + ".part");
        Files.createDirectories(Objects.requireNonNull(file.getParentFile(), "a snapshot is in a folder")
                .toPath());
        Files.deleteIfExists(part);
        Files.createFile(part, SafeFile.PRIVATE);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 16)) {
            image.writeTo(out);
        }
        SafeFile.sync(part);
        SafeFile.replace(part, file.toPath());
        MD5Hash sum = MD5FileUtil.computeAndSaveMd5ForFile(file);
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file.toPath(), sum), at));
        return at.getIndex();
    }

    /** Starts to write one; none is being written. */
    synchronized void start(Callable<Long> work) {
        running = thread.submit(work);
    }

    /** Whether one is being written. */
    synchronized boolean busy() {
        return running != null;
    }

    /** The index of the one that has been written since the last call; {@link RaftLog#INVALID_LOG_INDEX} if there is none. */
    synchronized long takeWritten() {
        Future<Long> now = running;
        if (now == null || !now.isDone()) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        running = null;
        return result(now);
    }

    /** Waits until none is being written. */
    synchronized void await() {
        if (running != null) {
            result(running);
        }
    }

    private static long result(Future<Long> written) {
        try {
            return written.get();
        } catch (ExecutionException e) {
            LOG.error("Snapshot: failed, the log is kept until one succeeds: {}", String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return RaftLog.INVALID_LOG_INDEX;
    }

    @Override
    public void close() {
        thread.shutdown();
        await();
    }
}
