package org.jxapi.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.raft.RatisSettings.FirstElection;

/** Members without a vote. */
class CopyTest {
    /** Each wants to lead at the end of such a time, if it may. */
    private static final int LONGEST_ELECTIONS = 3;

    @TempDir
    Path folder;

    @Test
    void aCopyFollowsALeaderAgainThatWasAwayForLongerThanAnElectionTakes() throws Exception {
        try (TestGroup group = new TestGroup(folder, 10_000)) {
            group.found("a");
            group.join("b");
            for (String change : List.of("first", "second")) {
                TestGroup.create(group.leader().store(), change);
                group.awaitLevel();
                group.stop("a");
                // The length of the outage, not a wait for something.
                Thread.sleep(
                        LONGEST_ELECTIONS * 2 * group.settings("b").election().toMillis());
                group.resume("a");
                TestGroup.create(group.leader().store(), "after " + change);
                group.awaitLevel();
            }
        }
    }

    @Test
    void aCopyThatHasStartedAgainGetsAVoteAndLeads() throws Exception {
        try (TestGroup group = new TestGroup(folder, 10_000)) {
            group.found("a");
            group.join("b");
            group.join("c");
            group.awaitLevel();
            group.stop("b");
            group.resume("b");
            TestGroup.create(group.leader().store(), "listening");
            group.awaitLevel();
            group.promote("b");
            group.promote("c");
            group.leader().transfer("b");
            TestGroup.await(() -> group.member("b").leads());
            group.stop("b");
            TestGroup.create(group.leader().store(), "after");
            group.awaitLevel();
        }
    }

    /** {@link FirstElection#NEVER} has the reason. */
    @Test
    void theThreadThatWaitsForElectionsSleepsInACopyWithoutAVote() throws Exception {
        try (TestGroup group = new TestGroup(folder, 10_000)) {
            group.found("a");
            group.join("b");
            group.awaitLevel();
            assertSleeps(group);
            group.stop("b");
            group.resume("b");
            TestGroup.create(group.leader().store(), "after");
            group.awaitLevel();
            assertSleeps(group);
            group.promote("b");
            TestGroup.await(() -> wakes() > 1);
        }
    }

    private static void assertSleeps(TestGroup group) throws Exception {
        // The length of elections, not a wait for something.
        Thread.sleep(LONGEST_ELECTIONS * 2 * group.settings("b").election().toMillis());
        assertThat(wakes()).isEqualTo(1);
    }

    /** How often the thread of b that waits for elections has begun to sleep; 0 without one. */
    private static long wakes() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().matches("b@.*FollowerState.*"))
                .mapToLong(ThreadInfo::getWaitedCount)
                .sum();
    }

    /** Ratis ends a replica that stood still for a minute, as that of a host that was suspended. */
    @Test
    void aPauseOfAnyLengthDoesNotEndAReplica() {
        try (TestGroup group = new TestGroup(folder, 10_000)) {
            TimeDuration longest = RaftServerConfigKeys.closeThreshold(
                    RatisSettings.properties(group.settings("a"), FirstElection.USUAL));
            assertThat(longest.toLong(TimeUnit.DAYS)).isGreaterThan(1000);
        }
    }
}
