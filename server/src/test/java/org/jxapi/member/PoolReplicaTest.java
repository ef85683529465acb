package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.certificate.Identity;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.TestCertificates;
import org.jxapi.raft.MemberAddress;
import org.jxapi.raft.RaftMember;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Network;

class PoolReplicaTest {
    private static final String HOST = "127.0.0.1";

    @TempDir
    Path folder;

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void aReplicaWithoutAVoteStartsAgainBeforeItsThreadOfElectionsWakes() throws Exception {
        TestCertificates.Issued issued =
                TestCertificates.selfSigned(TestCertificates.Request.of("host", TestCertificates.rsa(2048)));
        try (PoolReplica leading = replica("leading", issued);
                PoolReplica listening = replica("listening", issued);
                H2Store alone = H2Store.open(Files.createDirectory(folder.resolve("alone")))) {
            RaftMember leader = leading.found(alone.image(), "leading");
            leader.awaitLead();
            listening.join(leading.place().group(), "listening");
            MemberAddress address = new MemberAddress(
                    listening.place().id(), HOST, listening.place().port());
            leader.add(address);

            RaftMember first = listening.member().orElseThrow();
            nanos.addAndGet(RaftMember.LONGEST_LISTENING.toNanos());
            listening.tend();
            assertThat(listening.member()).contains(first);

            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            listening.tend();
            RaftMember second = listening.member().orElseThrow();
            assertThat(second).isNotSameAs(first);
            listening.tend();
            assertThat(listening.member()).contains(second);
            leader.store().transact(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, "later")));
            Eventually.holds(() -> assertThat(second.position()).isEqualTo(leader.position()));

            leader.promote(address);
            Eventually.holds(() -> assertThat(second.votes()).isTrue());
            nanos.addAndGet(2 * RaftMember.LONGEST_LISTENING.toNanos());
            listening.tend();
            assertThat(listening.member()).contains(second);
        }
    }

    private PoolReplica replica(String name, TestCertificates.Issued issued) throws Exception {
        PoolReplica replica = new PoolReplica(
                Files.createDirectory(folder.resolve(name)),
                new InetSocketAddress(InetAddress.getByName(HOST), 0),
                nanos::get);
        replica.show(() -> new Identity(issued.key(), List.of(issued.certificate())));
        replica.trust(() -> List.of(issued.certificate()));
        return replica;
    }
}
