package org.jxapi.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A leader answers questions only while no other one can lead. */
class LeadTest {
    private static final int QUESTIONS = 2000;
    private static final int MOVES = 6;
    private static final int AT_ONCE = 50;
    private static final Duration LONG = Duration.ofDays(1);

    @TempDir
    Path folder;

    private static void confirm(RaftMember member) throws Exception {
        member.confirmLead().get(60, TimeUnit.SECONDS);
    }

    private static boolean isRefused(RaftMember member) throws Exception {
        try {
            confirm(member);
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    @Test
    void anEntryNowAndThenConfirmsTheLeadUntilTheOthersAreGone() throws Exception {
        try (TestGroup group = TestGroup.ofThree(folder, 10_000)) {
            String name = group.leaderName();
            RaftMember leader = group.member(name);
            confirm(leader);
            long before = leader.status().committed();
            long began = System.nanoTime();
            for (int i = 0; i < QUESTIONS; i++) {
                confirm(leader);
            }
            long leases = Duration.ofNanos(System.nanoTime() - began)
                    .dividedBy(group.settings(name).election().dividedBy(2));
            assertThat(leader.status().committed() - before)
                    .as("the entries for %d questions", QUESTIONS)
                    .isLessThanOrEqualTo(leases + 1);
            group.awaitLevel();
            for (String other : List.of("a", "b", "c")) {
                if (!other.equals(name)) {
                    assertThat(isRefused(group.member(other))).as("a follower").isTrue();
                    group.stop(other);
                }
            }
            TestGroup.await(() -> isRefused(leader));
        }
    }

    @Test
    void questionsAtTheSameTimeAreAllAnsweredWhileTheLeadMoves() throws Exception {
        try (TestGroup group = TestGroup.ofThree(folder, 10_000)) {
            List<CompletableFuture<Void>> asked = new ArrayList<>();
            for (int move = 0; move < MOVES; move++) {
                String name = group.leaderName();
                RaftMember leader = group.member(name);
                // After a change of the voters, or a new lead, each needs a mark.
                for (int i = 0; i < AT_ONCE; i++) {
                    asked.add(leader.confirmLead());
                }
                leader.transfer(name.equals("a") ? "b" : "a");
                for (int i = 0; i < AT_ONCE; i++) {
                    asked.add(leader.confirmLead());
                }
            }
            for (CompletableFuture<Void> each : asked) {
                each.handle((confirmed, refused) -> true).get(60, TimeUnit.SECONDS);
            }
            confirm(group.leader());
        }
    }

    @Test
    void aMemberThatVotesAloneIsTheLeaderWithoutAnEntry() throws Exception {
        try (TestGroup group = new TestGroup(folder, 10_000)) {
            group.found("a");
            long before = group.leader().status().committed();
            confirm(group.leader());
            assertThat(group.leader().status().committed()).isEqualTo(before);
        }
    }

    @Test
    void aLeaderThatHandsOverIsConfirmedNoMore() throws Exception {
        try (TestGroup group = TestGroup.ofThree(folder, 10_000)) {
            String name = group.leaderName();
            String heir = name.equals("a") ? "b" : "a";
            confirm(group.member(name));
            group.leader().transfer(heir);
            assertThat(isRefused(group.member(name))).isTrue();
            confirm(group.leader());
        }
    }

    @Test
    void theLeaseIsThatOfOneTermAndEnds() {
        LeadLease lease = new LeadLease(LONG);
        assertThat(lease.holds(3)).isFalse();
        lease.extend(3, System.nanoTime());
        assertThat(lease.holds(3)).isTrue();
        assertThat(lease.holds(4)).isFalse();
        lease.suspend();
        assertThat(lease.holds(3)).isFalse();
        long before = System.nanoTime();
        lease.resume();
        lease.extend(3, before - 1);
        assertThat(lease.holds(3)).as("before the next entry").isFalse();
        lease.extend(3, System.nanoTime() - LONG.toNanos());
        assertThat(lease.holds(3)).as("with an old entry").isFalse();
        lease.extend(3, System.nanoTime());
        lease.extend(3, System.nanoTime() - LONG.toNanos());
        assertThat(lease.holds(3))
                .as("with the answer to an old entry after that")
                .isTrue();
        lease.giveUp(3);
        lease.extend(3, System.nanoTime());
        assertThat(lease.holds(3)).as("after a handover").isFalse();
        lease.extend(5, System.nanoTime());
        assertThat(lease.holds(5)).isTrue();
    }
}
