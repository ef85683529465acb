package org.jxapi.raft;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.jspecify.annotations.Nullable;

/**
 * The end of the log of a member that does not run.
 *
 * @param index of the last entry; -1 without entries
 * @param configuration the newest one in the log; null if it has none
 */
record LogFiles(long index, @Nullable RaftConfigurationProto configuration) {
    /** Reads the log; empty for a member that has no folder. */
    static LogFiles read(MemberSettings settings) throws IOException {
        Reader reader = new Reader();
        for (LogSegmentPath segment : segments(current(settings))) {
            LogSegment.readSegmentFile(
                    segment.getPath().toFile(),
                    segment.getStartEnd(),
                    RatisSettings.LARGEST_GROUP,
                    CorruptionPolicy.EXCEPTION,
                    null,
                    reader::take);
        }
        return new LogFiles(reader.index, reader.configuration);
    }

    /** The folder of a member's log, its vote and its configuration. */
    static Path current(MemberSettings settings) {
        return RatisSettings.folder(settings)
                .resolve(settings.group().toString())
                .resolve("current");
    }

    private static List<LogSegmentPath> segments(Path folder) throws IOException {
        List<LogSegmentPath> found = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    LogSegmentPath segment = LogSegmentPath.matchLogSegment(file);
                    if (segment != null) {
                        found.add(segment);
                    }
                }
            }
        }
        found.sort(Comparator.comparing(LogSegmentPath::getStartEnd));
        return found;
    }

    private static final class Reader {
        private long index = RaftLog.INVALID_LOG_INDEX;
        private @Nullable RaftConfigurationProto configuration;

        private void take(LogEntryProto entry) {
            index = entry.getIndex();
            if (entry.hasConfigurationEntry()) {
                configuration = entry.getConfigurationEntry();
            }
        }
    }
}
