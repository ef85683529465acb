package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.XeProcess;

/** Hosts join, take over and leave while clients read and write at all of them. */
class PoolChangesTest {
    private static final int WRITES = 20;

    @TempDir
    Path folder;

    @Test
    void hostsComeTakeOverAndGoUnderLoad() throws Exception {
        try (TestPool pool = new TestPool(folder)) {
            TestPool.Member first = pool.voting();
            try (PoolClients clients = new PoolClients(pool, first.caller())) {
                clients.awaitWrites(WRITES);
                TestPool.Member fourth = pool.join(first);
                clients.awaitWrites(WRITES);
                clients.check("a host that joined");

                TestPool.Member second = pool.hosts().get(1);
                XeProcess.ok(first.daemon().folder(), "pool-designate-new-master", "host-uuid=" + second.uuid);
                assertThat(pool.elected(pool.hosts())).isSameAs(second);
                clients.awaitWrites(WRITES);
                clients.check("a planned change of the coordinator");

                // The votes of hosts change one after the other, and the copy of a restarted host may take a minute.
                pool.awaitVoters(second, 2);
                TestPool.Caller caller = second.caller();
                Eventually.holds(
                        () -> assertThat(caller.answer("pool.eject", fourth.ref).has("error"))
                                .isFalse());
                pool.end(fourth);
                clients.awaitWrites(WRITES);
                clients.check("a host that left");
            }
        }
    }
}
