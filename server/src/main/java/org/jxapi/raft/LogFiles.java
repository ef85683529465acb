package org.jxapi.raft;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;

/** The log of a member that does not run. */
final class LogFiles {
    private LogFiles() {}

    /** The index of the last entry; -1 without entries. */
    static long lastIndex(MemberSettings settings) throws IOException {
        AtomicLong last = new AtomicLong(RaftLog.INVALID_LOG_INDEX);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(current(settings))) {
            for (Path file : files) {
                LogSegmentPath segment = LogSegmentPath.matchLogSegment(file);
                if (segment != null) {
                    LogSegment.readSegmentFile(
                            file.toFile(),
                            segment.getStartEnd(),
                            RatisSettings.LARGEST_GROUP,
                            CorruptionPolicy.EXCEPTION,
                            null,
                            entry -> last.accumulateAndGet(entry.getIndex(), Math::max));
                }
            }
        }
        return last.get();
    }

    /** The entry with the configuration that most members had when this one learned it; empty without one. */
    static Optional<LogEntryProto> configuration(MemberSettings settings) throws IOException {
        Path file = configurationFile(settings);
        return Files.exists(file) ? Optional.of(LogEntryProto.parseFrom(Files.readAllBytes(file))) : Optional.empty();
    }

    static Path configurationFile(MemberSettings settings) {
        return current(settings).resolve("raft-meta.conf");
    }

    /** The folder of a member's log, its vote and its configuration. */
    static Path current(MemberSettings settings) {
        return RatisSettings.folder(settings)
                .resolve(settings.group().toString())
                .resolve("current");
    }
}
