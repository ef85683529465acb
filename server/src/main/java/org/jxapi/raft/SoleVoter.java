package org.jxapi.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.jxapi.store.SafeFile;

/** For the case that a majority of the voters is gone for good. */
public final class SoleVoter {
    private static final String CONFIGURATION = "raft-meta.conf";

    private SoleVoter() {}

    /**
     * Makes this member, which does not run, the only one of its group. Changes that only the others had are lost. They must
     * never run again with their logs, and are added under other ids.
     *
     * @throws IOException when this host has no log of that group
     */
    public static void make(MemberSettings settings) throws IOException {
        Path file = file(settings);
        LogEntryProto now = LogEntryProto.parseFrom(Files.readAllBytes(file));
        RaftPeerProto self = RatisSettings.peer(settings.address()).getRaftPeerProto().toBuilder()
                .setStartupRole(RaftPeerRole.FOLLOWER)
                .build();
        SafeFile.write(
                file,
                LogEntryProto.newBuilder()
                        .setTerm(now.getTerm())
                        .setIndex(now.getIndex() + 1)
                        .setConfigurationEntry(
                                RaftConfigurationProto.newBuilder().addPeers(self))
                        .build()
                        .toByteArray());
    }

    /** How many voters the group of this member, which does not run, has as far as the member knows. */
    public static int voters(MemberSettings settings) throws IOException {
        Path file = file(settings);
        if (!Files.exists(file)) {
            return 1;
        }
        return LogEntryProto.parseFrom(Files.readAllBytes(file))
                .getConfigurationEntry()
                .getPeersCount();
    }

    private static Path file(MemberSettings settings) {
        return RatisSettings.folder(settings)
                .resolve(settings.group().toString())
                .resolve("current")
                .resolve(CONFIGURATION);
    }
}
