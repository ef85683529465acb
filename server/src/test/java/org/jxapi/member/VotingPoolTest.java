package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.SimulatorOrders;
import org.jxapi.harness.XeProcess;

/** Three hosts with copies of the database vote, and need no administrator when one of them fails. */
class VotingPoolTest {
    /** Three hosts that have joined; each test starts copies of them. */
    @TempDir
    static Path joined;

    private static TestPool three = new TestPool(Path.of(""));

    @TempDir
    Path folder;

    private TestPool pool = new TestPool(Path.of(""));

    @BeforeAll
    static void join() throws Exception {
        try (TestPool pool = new TestPool(joined)) {
            pool.voting();
            three = pool;
        }
    }

    @BeforeEach
    void begin() {
        pool = new TestPool(folder);
    }

    @AfterEach
    void end() {
        pool.close();
    }

    @Test
    void theOthersElectACoordinatorWhenItIsKilledAndItComesBackAsAMember() throws Exception {
        TestPool.Member first = pool.again(three);
        TestPool.Caller before = first.caller();
        String kept = before.network("kept");
        String guest = before.vm("guest");
        TestPool.Member host = pool.without(first).get(0);
        Eventually.holds(() -> assertThat(before.starts(guest, host)).isTrue());
        assertThat(XeProcess.run(host.daemon().folder(), "pool-emergency-transition-to-master")
                        .said())
                .contains("The coordinator of this pool answers");
        first.daemon().kill();

        TestPool.Member second = pool.elected(pool.without(first));
        TestPool.Caller caller = second.caller();
        assertThat(caller.text("network.get_name_label", kept)).isEqualTo("kept");
        assertThat(caller.text("VM.get_power_state", guest)).isEqualTo("Running");
        assertThat(caller.text("host.get_uuid", second.ref)).isEqualTo(second.uuid);
        String later = caller.network("later");

        // On a busy machine the three may elect again.
        first.start();
        TestPool.Member third = pool.elected(pool.hosts());
        TestPool.Caller again = third.caller();
        String back = again.vm("back");
        Eventually.holds(() -> assertThat(again.starts(back, first)).isTrue());
        pool.awaitVoters(third, 2);

        // It votes again, and has all changes.
        third.daemon().kill();
        TestPool.Member last = pool.elected(pool.without(third));
        TestPool.Caller now = last.caller();
        assertThat(now.text("network.get_name_label", later)).isEqualTo("later");
        assertThat(now.text("VM.get_power_state", back)).isEqualTo("Running");

        // Another database, or one without the others, would be a second pool.
        Path dump = folder.resolve("dump.xml");
        XeProcess.ok(last.daemon().folder(), "pool-dump-database", "file-name=" + dump);
        assertThat(XeProcess.run(last.daemon().folder(), "pool-restore-database", "file-name=" + dump, "--force")
                        .said())
                .contains("Other hosts of the pool vote");
        assertThatThrownBy(() -> third.start("off"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("other hosts of the pool vote");
    }

    @Test
    void anOperationOfACoordinatorThatIsKilledHoldsNothing() throws Exception {
        TestPool.Member first = pool.again(three);
        TestPool.Caller before = first.caller();
        String guest = before.vm("guest");
        new SimulatorOrders(first.daemon()).give("{\"operation\": \"create\", \"fault\": \"hang\"}");
        before.text("Async.VM.start_on", guest, first.ref, false, false);
        Eventually.holds(() -> assertThat(
                        before.answer("VM.get_current_operations", guest).get("result"))
                .hasSize(1));
        first.daemon().kill();

        TestPool.Caller caller = pool.elected(pool.without(first)).caller();
        assertThat(caller.answer("VM.get_current_operations", guest).get("result"))
                .isEmpty();
        TestPool.Member other = pool.without(first).get(0);
        Eventually.holds(() -> assertThat(caller.starts(guest, other)).isTrue());
    }

    @Test
    void aCoordinatorThatStoodStillAcknowledgesNothingOnceAnotherIsElected() throws Exception {
        TestPool.Member first = pool.again(three);
        TestPool.Caller before = first.caller();
        first.signal("STOP");
        TestPool.Member second = pool.elected(pool.without(first));
        TestPool.Caller caller = second.caller();
        String network = caller.network("after");
        first.signal("CONT");
        try {
            JsonNode late = before.answer(
                    "network.create", Map.of("name_label", "late", "other_config", Map.of(), "managed", true));
            assertThat(late.has("error")).as(late.toString()).isTrue();
        } catch (IOException e) {
            // It is on its way to become a member already.
        }
        TestPool.Caller now = pool.elected(pool.hosts()).caller();
        assertThat(now.text("network.get_name_label", network)).isEqualTo("after");
        assertThat(now.answer("network.get_by_name_label", "late").get("result"))
                .isEmpty();
    }

    @Test
    void aHostIsDesignatedAndAVoterLeaves() throws Exception {
        TestPool.Member first = pool.again(three);
        TestPool.Member heir = pool.without(first).get(1);
        String kept = first.caller().network("kept");
        XeProcess.ok(first.daemon().folder(), "pool-designate-new-master", "host-uuid=" + heir.uuid);
        Eventually.holds(() -> assertThat(first.coordinator()).isEqualTo(heir.address));
        assertThat(pool.elected(pool.hosts())).isSameAs(heir);
        TestPool.Caller caller = heir.caller();
        assertThat(caller.text("network.get_name_label", kept)).isEqualTo("kept");
        pool.awaitVoters(heir, 2);
        Eventually.holds(
                () -> assertThat(caller.starts(caller.vm("far"), first)).isTrue());

        TestPool.Member leaves = pool.without(first).get(0);
        Eventually.holds(() ->
                assertThat(caller.answer("pool.eject", leaves.ref).has("error")).isFalse());
        pool.awaitVoters(heir, 0);
        Eventually.holds(() ->
                assertThat(XeProcess.ok(heir.daemon().folder(), "pool-status")).contains("copy: " + first.uuid));
        assertThat(caller.network("more")).isNotEmpty();
        assertThat(XeProcess.run(heir.daemon().folder(), "pool-status").said())
                .contains("an administrator must choose another one");
    }

    @Test
    void anAdministratorMakesTheLastOfThreeTheCoordinator() throws Exception {
        TestPool.Member first = pool.again(three);
        TestPool.Member second = pool.without(first).get(0);
        TestPool.Member last = pool.without(first).get(1);
        String kept = first.caller().network("kept");
        // Two of three are lost, so the third is never elected.
        second.daemon().kill();
        String latest = first.caller().network("latest");
        first.daemon().kill();
        // It is refused until the host sees that no host leads.
        Eventually.holds(() -> assertThat(XeProcess.run(last.daemon().folder(), "pool-emergency-transition-to-master")
                        .said())
                .contains("transition to master"));
        Eventually.holds(() -> assertThat(last.coordinator()).isEqualTo(last.address));
        TestPool.Caller caller = last.caller();
        assertThat(caller.text("network.get_name_label", kept)).isEqualTo("kept");
        assertThat(caller.text("network.get_name_label", latest)).isEqualTo("latest");
        assertThat(caller.answer("host_metrics.get_live", caller.text("host.get_metrics", first.ref))
                        .get("result")
                        .asBoolean())
                .isFalse();

        // The other member follows it, although it has a vote in the former group.
        second.start();
        Eventually.holds(() -> assertThat(second.coordinator()).isEqualTo(last.address));
        String far = caller.vm("far");
        Eventually.holds(() -> assertThat(caller.starts(far, second)).isTrue());
        Eventually.holds(() ->
                assertThat(XeProcess.ok(last.daemon().folder(), "pool-status")).contains("copy: " + second.uuid));
    }

    @Test
    void aCoordinatorOfTwoHandsOverAndBecomesAMemberWithACopy() throws Exception {
        TestPool.Member first = pool.pair();
        TestPool.Member heir = pool.hosts().get(1);
        String kept = first.caller().network("kept");
        XeProcess.ok(first.daemon().folder(), "pool-designate-new-master", "host-uuid=" + heir.uuid);
        Eventually.holds(() -> assertThat(pool.elected(pool.hosts()).address).isEqualTo(heir.address));
        TestPool.Caller caller = heir.caller();
        assertThat(caller.text("network.get_name_label", kept)).isEqualTo("kept");
        Eventually.holds(() ->
                assertThat(XeProcess.ok(heir.daemon().folder(), "pool-status")).contains("copy: " + first.uuid));
    }

    @Test
    void aKillDuringAHandoverOfTwoHostsLeavesOneCoordinatorWithAllChanges() throws Exception {
        TestPool.Member first = pool.pair();
        TestPool.Member heir = pool.hosts().get(1);
        TestPool.Caller caller = first.caller();
        String kept = caller.network("kept");
        CompletableFuture<Boolean> order = CompletableFuture.supplyAsync(() -> {
            try {
                return caller.answer("pool.designate_new_master", heir.ref).has("result");
            } catch (Exception e) {
                return false;
            }
        });
        // The heir has been elected when it stops to be a member, or is the coordinator already.
        Eventually.holds(() -> assertThat(heir.coordinator()).isNotEqualTo(first.address));
        first.daemon().kill();
        order.join();
        first.start();
        TestPool.Member now = pool.elected(pool.hosts());
        TestPool.Caller after = now.caller();
        assertThat(after.text("network.get_name_label", kept)).isEqualTo("kept");
        Eventually.holds(
                () -> assertThat(after.starts(after.vm("far"), pool.without(now).get(0)))
                        .isTrue());
    }
}
