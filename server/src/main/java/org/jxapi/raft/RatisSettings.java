package org.jxapi.raft;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** A member's settings in the words of Ratis. */
final class RatisSettings {
    /** The largest group of transactions. Ratis refuses a larger one and keeps running. */
    static final SizeInBytes LARGEST_GROUP = SizeInBytes.valueOf("16MB");

    /** Ratis wants room for a group and its head. */
    private static final SizeInBytes WRITE_BUFFER = SizeInBytes.valueOf("17MB");

    private static final SizeInBytes LARGEST_MESSAGE = SizeInBytes.valueOf("64MB");

    /** Groups before the newest snapshot that stay in the log, so that a member that lags a little needs no snapshot. */
    private static final long KEPT_GROUPS = 1000;

    private static final long GROUPS_OF_A_FILE = 4096;

    /** About as large is a group on average. */
    private static final long GROUP_BYTES = 1024;

    /** How long a member that is being added may give no answer. */
    private static final TimeDuration JOIN = TimeDuration.valueOf(1, TimeUnit.MINUTES);

    /** A host that stood still goes on, however long that took: Ratis would end its replica after a minute. */
    private static final TimeDuration LONGEST_PAUSE = TimeDuration.valueOf(3650, TimeUnit.DAYS);

    /** How long the only voter of a group waits before it leads. */
    private static final TimeDuration ALONE = TimeDuration.valueOf(100, TimeUnit.MILLISECONDS);

    /** Almost the longest time that Ratis takes: it counts milliseconds in an int. */
    private static final TimeDuration LISTENING = TimeDuration.valueOf(20, TimeUnit.DAYS);

    private RatisSettings() {}

    /** When a member that starts wants to lead, until it knows a leader. After that the settings' time counts. */
    enum FirstElection {
        /** It waits for no other leader: it is the only voter as far as it knows. */
        AT_ONCE,
        USUAL,
        /**
         * It has no vote. The thread that waits for elections has to sleep all the time: in Ratis 3.3.0
         * ({@code ServerState.updateConfiguration}) the thread that gives a listener its vote waits for that one with a lock
         * that each of its wake-ups takes, so that both can wait for ever.
         */
        NEVER
    }

    /** The folder of the log in a data folder. */
    static Path folder(MemberSettings settings) {
        return settings.store().folder().resolve("raft");
    }

    static RaftGroupId group(MemberSettings settings) {
        return RaftGroupId.valueOf(settings.group());
    }

    static RaftPeer peer(MemberAddress address) {
        return RaftPeer.newBuilder()
                .setId(address.id())
                .setAddress(address.host() + ":" + address.port())
                .build();
    }

    static MemberAddress address(RaftPeer peer) {
        String address = peer.getAddress();
        int colon = address.lastIndexOf(':');
        return new MemberAddress(
                peer.getId().toString(), address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    static RaftProperties properties(MemberSettings settings, FirstElection first) {
        RaftProperties to = new RaftProperties();
        RaftServerConfigKeys.setStorageDir(to, List.of(folder(settings).toFile()));
        GrpcConfigKeys.Server.setHost(to, settings.host());
        GrpcConfigKeys.Server.setPort(to, settings.port());
        GrpcConfigKeys.setMessageSizeMax(to, LARGEST_MESSAGE);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(to, LARGEST_GROUP);
        RaftServerConfigKeys.Log.setWriteBufferSize(to, WRITE_BUFFER);
        // The commit index would be an entry of its own after each of ours, with a force of its own.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(to, false);
        long millis = settings.election().toMillis();
        RaftServerConfigKeys.Rpc.setTimeoutMin(to, TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS));
        RaftServerConfigKeys.Rpc.setTimeoutMax(to, TimeDuration.valueOf(2 * millis, TimeUnit.MILLISECONDS));
        if (first == FirstElection.AT_ONCE) {
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(to, ALONE);
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(to, ALONE.multiply(2));
        } else if (first == FirstElection.NEVER) {
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(to, LISTENING);
            RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(to, LISTENING);
        }
        RaftServerConfigKeys.setStagingTimeout(to, JOIN);
        RaftServerConfigKeys.setCloseThreshold(to, LONGEST_PAUSE);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(to, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(to, settings.snapshotEvery());
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(to, false);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(to, 2);
        // Only whole files of the log are purged: one has about the groups between two snapshots.
        SizeInBytes segment = SizeInBytes.valueOf(Math.min(GROUPS_OF_A_FILE, settings.snapshotEvery()) * GROUP_BYTES);
        RaftServerConfigKeys.Log.setSegmentSizeMax(to, segment);
        RaftServerConfigKeys.Log.setPreallocatedSize(to, segment);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(to, true);
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(to, Math.min(KEPT_GROUPS, settings.snapshotEvery()));
        RaftServerConfigKeys.Log.setPurgeGap(to, (int) Math.min(KEPT_GROUPS, settings.snapshotEvery()));
        return to;
    }

    static Parameters parameters(MemberSettings settings) {
        Parameters to = new Parameters();
        MemberTls tls = settings.tls();
        if (tls != null) {
            // Java's own TLS asks managers for each connection.
            GrpcTlsConfig config = GrpcTlsConfig.newBuilder()
                    .setKeyManager(tls.key())
                    .setTrustManager(tls.trust())
                    .setMutualTls(true)
                    .setSslProvider(SslProvider.JDK)
                    .build();
            GrpcConfigKeys.TLS.setConf(to, config);
            GrpcConfigKeys.Server.setTlsConf(to, config);
            GrpcConfigKeys.Client.setTlsConf(to, config);
            GrpcConfigKeys.Admin.setTlsConf(to, config);
        }
        return to;
    }
}
