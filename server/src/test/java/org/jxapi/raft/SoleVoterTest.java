package org.jxapi.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.server.RaftConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.xenapi.Network;

class SoleVoterTest {
    @TempDir
    Path folder;

    @Test
    void aLeaderThatIsKilledWhileItTakesTheOtherVoteOfAPairLeadsAlone() throws Exception {
        try (TestGroup group = new TestGroup(folder, 10_000)) {
            stopInTheMiddle(group);

            group.resume("a");
            goesOnAlone(group, "a");
            group.resume("b");
            TestGroup.create(group.leader().store(), "after");
            assertThat(group.leaderName()).isEqualTo("a");
            assertThat(group.leader().status().members()).hasSize(1);
        }
    }

    @Test
    void aMemberWhoseVoteIsBeingTakenCanBeMadeTheOnlyOne() throws Exception {
        try (TestGroup group = new TestGroup(folder, 10_000)) {
            stopInTheMiddle(group);

            SoleVoter.make(group.settings("b"));
            group.resume("b");
            goesOnAlone(group, "b");
            group.stop("b");
            group.resume("b");
            goesOnAlone(group, "b");
        }
    }

    @Test
    void onlyTheHostThatWasElectedLastHasVotedForItself() throws Exception {
        try (TestGroup group = new TestGroup(folder, 10_000)) {
            group.found("a");
            group.join("b");
            group.promote("b");
            group.leader().transfer("b");
            assertThat(group.leaderName()).isEqualTo("b");
            group.stop("a");
            group.stop("b");

            assertThat(SoleVoter.votedForItself(group.settings("b"))).isTrue();
            assertThat(SoleVoter.votedForItself(group.settings("a"))).isFalse();
        }
    }

    /** Stops both of a pair when the member has the entry that takes its vote, and the leader does not know that. */
    private static void stopInTheMiddle(TestGroup group) throws Exception {
        group.found("a");
        group.start("b");
        try (AnswerGate gate = new AnswerGate(group.settings("b").port())) {
            group.leader().promote(new MemberAddress("b", "127.0.0.1", gate.port()));
            TestGroup.create(group.leader().store(), "pair");
            group.awaitLevel();
            gate.shut();
            RaftMember leader = group.leader();
            CompletableFuture<Void> removal = CompletableFuture.runAsync(() -> {
                try {
                    leader.remove("b");
                } catch (GroupException e) {
                    throw new IllegalStateException(e);
                }
            });
            TestGroup.await(() -> {
                RaftConfiguration newest = group.member("b").configuration();
                return newest.getPreviousPeers().size() == 2
                        && newest.getCurrentPeers().size() == 1;
            });
            assertThat(removal).isNotDone();
            group.stop("b");
            group.stop("a");
        }
    }

    private static void goesOnAlone(TestGroup group, String name) throws Exception {
        TestGroup.await(() -> group.member(name).leads());
        TestGroup.create(group.member(name).store(), "alone");
        assertThat(group.member(name).store().snapshot().all(Network.XEN_CLASS))
                .extracting(row -> row.row().get(Network.NAME_LABEL))
                .contains("before", "pair", "alone");
    }
}
