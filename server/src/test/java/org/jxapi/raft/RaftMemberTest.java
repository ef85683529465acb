package org.jxapi.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.store.Snapshot;
import org.jxapi.store.StoreException;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Session;

class RaftMemberTest {
    private static final int WRITERS = 8;
    private static final int EACH = 40;

    @TempDir
    Path folder;

    @Test
    void membersHaveWhatTheLeaderAcknowledgedWhileOthersComeAndGo() throws Exception {
        try (TestGroup group = TestGroup.ofThree(folder, 10_000)) {
            Ref<Session> session = group.leader().store().transact(tx -> tx.create(Row.of(Session.XEN_CLASS)));
            Set<String> acknowledged = write(group.leader(), "first");
            group.awaitLevel();
            for (String name : List.of("a", "b", "c")) {
                Snapshot state = group.member(name).store().snapshot();
                assertThat(names(state)).as(name).containsAll(acknowledged).contains("before");
                assertThat(state.find(session)).as("the session on %s", name).isPresent();
            }

            String stopped = group.leaderName();
            group.stop(stopped);
            TestGroup.create(group.leader().store(), "meanwhile");
            group.resume(stopped);
            group.awaitLevel();
            assertThat(group.member(stopped).store().snapshot().find(session))
                    .as("the session, which no database has")
                    .isPresent();

            long before = group.leader().store().snapshot().sequence();
            RaftMember leader = group.leader();
            leader.transfer(stopped);
            assertThat(group.leaderName()).isEqualTo(stopped);
            assertThatThrownBy(() -> TestGroup.create(leader.store(), "refused"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("not the coordinator");
            TestGroup.create(group.leader().store(), "second");
            assertThat(group.leader().store().snapshot().sequence()).isEqualTo(before + 1);

            String third = leader == group.member("c") ? "b" : "c";
            group.leader().remove(third);
            group.stop(third);
            TestGroup.create(group.leader().store(), "third");
            assertThat(group.awaitLevel()).startsWith(before + 2 + " ");
            assertThat(group.leader().status().members()).hasSize(2);

            for (String name : List.of("a", "b", "c")) {
                if (!name.equals(third)) {
                    group.stop(name);
                }
            }
            SoleVoter.make(group.settings(stopped));
            group.resume(stopped);
            TestGroup.create(group.leader().store(), "alone");
            assertThat(names(group.leader().store().snapshot()))
                    .containsAll(acknowledged)
                    .contains("before", "meanwhile", "second", "third", "alone")
                    .doesNotContain("refused");
            group.stop(stopped);
            try (H2Store alone = H2Store.open(folder.resolve(stopped))) {
                assertThat(names(alone.snapshot())).containsAll(acknowledged).contains("before", "alone");
            }
        }
    }

    @Test
    void aMemberThatIsFarBehindOrNewInstallsASnapshotAndFollowsAgain() throws Exception {
        try (TestGroup group = TestGroup.ofThree(folder, 20)) {
            group.stop("c");
            // One after the other, so that each has a group of its own.
            for (int i = 0; i < 100; i++) {
                TestGroup.create(group.leader().store(), "missed/" + i);
            }
            String leader = group.leaderName();
            TestGroup.await(() -> {
                TestGroup.create(group.member(leader).store(), "more");
                return oldestEntry(folder.resolve(leader).resolve("raft")) > 30;
            });
            group.resume("c");
            group.awaitLevel();
            group.leader().transfer("c");
            TestGroup.create(group.leader().store(), "after");
            group.awaitLevel();
            assertThat(names(group.member("c").store().snapshot())).contains("missed/0", "missed/99", "after");
        }
    }

    /** The number of the first entry of the oldest file of the log that is still there. */
    private static long oldestEntry(Path log) throws Exception {
        try (var files = Files.walk(log)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("log_"))
                    .map(name -> name.split("[_-]"))
                    .mapToLong(parts ->
                            parts[1].equals("inprogress") ? Long.parseLong(parts[2]) : Long.parseLong(parts[1]))
                    .min()
                    .orElse(0);
        }
    }

    private static Set<String> write(RaftMember member, String prefix) throws Exception {
        Set<String> acknowledged = new ConcurrentSkipListSet<>();
        List<Thread> writers = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
            String mine = prefix + "/" + w + "/";
            Thread writer = new Thread(() -> {
                for (int i = 0; i < EACH; i++) {
                    TestGroup.create(member.store(), mine + i);
                    acknowledged.add(mine + i);
                }
            });
            writer.start();
            writers.add(writer);
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(acknowledged).hasSize(WRITERS * EACH);
        return acknowledged;
    }

    private static Set<String> names(Snapshot state) {
        Set<String> names = new TreeSet<>();
        state.all(Network.XEN_CLASS).forEach(network -> names.add(network.row().get(Network.NAME_LABEL)));
        return names;
    }
}
