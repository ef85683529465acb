package org.jxapi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;

/** Upstream: timeout_sessions in ocaml/xapi/db_gc_util.ml. */
class SessionLimitsTest {
    private static final Instant NOW = Instant.parse("2026-09-10T12:00:00Z");

    @TempDir
    Path folder;

    private Store store;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Ref<Session> session(String user, String originator, Instant lastActive) {
        return store.transact(tx -> {
            SessionLimits.makeRoom(tx, user, originator);
            return tx.create(Row.of(Session.XEN_CLASS)
                    .with(Session.AUTH_USER_NAME, user)
                    .with(Session.ORIGINATOR, originator)
                    .with(Session.LAST_ACTIVE, XenTime.of(lastActive)));
        });
    }

    private boolean lives(Ref<Session> session) {
        return store.snapshot().find(session).isPresent();
    }

    private void task(Ref<Session> session, TaskStatusType status) {
        store.change(tx ->
                tx.create(Row.of(Task.XEN_CLASS).with(Task.SESSION, session).with(Task.STATUS, status)));
    }

    @Test
    void theLongestIdleSessionOfAUserMakesRoomWhateverClientItHas() {
        List<Ref<Session>> of = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            of.add(session("alice", "client " + i % 7, NOW.plusSeconds(i)));
        }
        Ref<Session> other = session("bob", "client 1", NOW);
        Ref<Session> root = session("root", "client 1", NOW);
        assertThat(of).allMatch(this::lives);
        session("alice", "one more", NOW.plusSeconds(1000));
        assertThat(lives(of.get(0))).isFalse();
        assertThat(of.subList(1, 500)).allMatch(this::lives);
        assertThat(lives(other)).isTrue();
        assertThat(lives(root)).isTrue();
    }

    @Test
    void rootsSessionsAreCountedByClientAndThoseWithoutAClientHaveALowerLimit() {
        List<Ref<Session>> anonymous = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            anonymous.add(session("root", "", NOW.plusSeconds(i)));
        }
        Ref<Session> named = session("root", "backup", NOW);
        task(anonymous.get(0), TaskStatusType.PENDING);
        task(anonymous.get(1), TaskStatusType.SUCCESS);
        session("root", "", NOW.plusSeconds(1000));
        session("root", "", NOW.plusSeconds(1001));
        assertThat(lives(anonymous.get(0))).as("its task is under way").isTrue();
        assertThat(lives(anonymous.get(1))).isFalse();
        assertThat(lives(named)).isTrue();
    }

    @Test
    void anIdleSessionEndsUnlessItWorks() {
        Ref<Session> used = session("root", "a", NOW.minus(Duration.ofHours(23)));
        Ref<Session> idle = session("root", "a", NOW.minus(Duration.ofHours(25)));
        Ref<Session> works = session("root", "a", NOW.minus(Duration.ofHours(25)));
        task(works, TaskStatusType.PENDING);
        task(idle, TaskStatusType.FAILURE);
        SessionLimits.endIdle(store, NOW, Duration.ofHours(24));
        assertThat(lives(used)).isTrue();
        assertThat(lives(works)).isTrue();
        assertThat(lives(idle)).isFalse();
        SessionLimits.endIdle(store, NOW, Duration.ofHours(22));
        assertThat(lives(used)).isFalse();
    }
}
