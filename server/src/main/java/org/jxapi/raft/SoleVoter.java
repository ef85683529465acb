package org.jxapi.raft;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.jxapi.store.SafeFile;

/** A member that goes on without the others that vote. It does not run meanwhile. */
public final class SoleVoter {
    private static final String VOTE = "raft-meta";

    private SoleVoter() {}

    /**
     * Makes this member the only one of its group. Changes that only the others had are lost. They must never run again with
     * their logs, and are added under other ids.
     *
     * @throws IOException when this host has no log of that group
     */
    public static void make(MemberSettings settings) throws IOException {
        Path file = LogFiles.configurationFile(settings);
        LogEntryProto now = LogEntryProto.parseFrom(Files.readAllBytes(file));
        // It counts before all configurations in the log, and is equal to the entry with which this member begins to
        // lead.
        long index = Math.max(now.getIndex(), LogFiles.lastIndex(settings)) + 1;
        RaftPeerProto self = RatisSettings.peer(settings.address()).getRaftPeerProto().toBuilder()
                .setStartupRole(RaftPeerRole.FOLLOWER)
                .build();
        SafeFile.write(
                file,
                LogEntryProto.newBuilder()
                        .setTerm(now.getTerm())
                        .setIndex(index)
                        .setConfigurationEntry(
                                RaftConfigurationProto.newBuilder().addPeers(self))
                        .build()
                        .toByteArray());
    }

    /**
     * Whether this member, which led a pair a moment ago, can lead alone without a change being lost. Its own vote was the last
     * one that it gave, so the other one cannot have been elected since.
     */
    public static boolean votedForItself(MemberSettings settings) throws IOException {
        Properties vote = new Properties();
        try (Reader file = Files.newBufferedReader(LogFiles.current(settings).resolve(VOTE))) {
            vote.load(file);
        }
        return settings.id().equals(vote.getProperty("votedFor"));
    }

    /** How many voters the group of this member has as far as the member knows. */
    public static int voters(MemberSettings settings) throws IOException {
        return LogFiles.configuration(settings)
                .map(entry -> entry.getConfigurationEntry().getPeersCount())
                .orElse(1);
    }
}
