package org.jxapi.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xensource.xenapi.Connection;
import com.xensource.xenapi.Event;
import com.xensource.xenapi.EventBatch;
import com.xensource.xenapi.Host;
import com.xensource.xenapi.Network;
import com.xensource.xenapi.Pool;
import com.xensource.xenapi.SR;
import com.xensource.xenapi.Session;
import com.xensource.xenapi.Task;
import com.xensource.xenapi.Types;
import com.xensource.xenapi.VBD;
import com.xensource.xenapi.VDI;
import com.xensource.xenapi.VIF;
import com.xensource.xenapi.VM;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.RunningDaemon;

/** XenServer's official Java SDK against a real daemon, one for all tests. */
class JavaSdkTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private Connection connection;

    @BeforeEach
    void login() throws Exception {
        connection = new Connection(daemon.http());
        Session.loginWithPassword(connection, "root", daemon.password(), "2.21", "test");
    }

    private void killAndStart() throws Exception {
        daemon.killAndStart();
        login();
    }

    @Test
    void aWrongPasswordIsRefused() throws Exception {
        Connection other = new Connection(daemon.http());
        assertThatThrownBy(() -> Session.loginWithPassword(other, "root", "wrong", "2.21", "test"))
                .isInstanceOf(Types.SessionAuthenticationFailed.class);
    }

    @Test
    void theFirstBootsObjectsAreThere() throws Exception {
        Map<Pool, Pool.Record> pools = Pool.getAllRecords(connection);
        assertThat(pools).hasSize(1);
        Pool.Record pool = pools.values().iterator().next();
        Host.Record host = pool.master.getRecord(connection);
        assertThat(host.enabled).isTrue();
        assertThat(host.controlDomain.getRecord(connection).isControlDomain).isTrue();
        assertThat(host.PIFs).isNotEmpty();
        assertThat(pool.defaultSR.getRecord(connection).PBDs).hasSize(1);
        assertThat(SR.getByNameLabel(connection, "ISO images")).hasSize(1);
        assertThat(VM.getByNameLabel(connection, "Other install media")).hasSize(1);
        assertThat(Network.getAllRecords(connection)).isNotEmpty();
    }

    @Test
    void whatWasSetIsThereAfterAKill() throws Exception {
        VM vm = VM.getByNameLabel(connection, "Generic Linux BIOS").iterator().next();
        vm.setNameDescription(connection, "<b>& \"kept\" — é</b>");
        killAndStart();
        assertThat(vm.getNameDescription(connection)).isEqualTo("<b>& \"kept\" — é</b>");
    }

    @Test
    void aChangeReachesAWaitingClientWithItsSnapshot() throws Exception {
        VM vm = VM.getByNameLabel(connection, "Generic Linux BIOS")
                .iterator()
                .next()
                .createClone(connection, "watched");
        EventBatch first = Event.from(connection, Set.of("vm"), "", 5.0);
        assertThat(first.events).hasSizeGreaterThan(3);
        Connection other = new Connection(daemon.http());
        Session.loginWithPassword(other, "root", daemon.password(), "2.21", "test");
        vm.setNameLabel(other, "renamed");
        EventBatch next = Event.from(connection, Set.of("vm"), first.token, 30.0);
        assertThat(next.events).singleElement().satisfies(event -> {
            assertThat(event.operation).isEqualTo(Types.EventOperation.MOD);
            assertThat(((VM.Record) event.snapshot).nameLabel).isEqualTo("renamed");
        });
        assertThat(next.validRefCounts.toString()).contains("pool=1");
    }

    @Test
    void anUnknownReferenceIsNamedWithItsClass() {
        assertThatThrownBy(() -> Types.toVM("OpaqueRef:no-such").getNameLabel(connection))
                .isInstanceOf(Types.HandleInvalid.class);
    }

    @Test
    void aVmGoesThroughItsWholeLife() throws Exception {
        VM template =
                VM.getByNameLabel(connection, "Debian Bookworm 12").iterator().next();
        VM vm = template.createClone(connection, "life");
        vm.provision(connection);
        assertThat(vm.getIsATemplate(connection)).isFalse();
        VBD disk = vm.getVBDs(connection).iterator().next();
        assertThat(disk.getDevice(connection)).isEqualTo("xvda");
        assertThat(vm.getAllowedOperations(connection))
                .contains(Types.VmOperations.START)
                .doesNotContain(Types.VmOperations.PAUSE);

        vm.start(connection, false, false);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.RUNNING);
        assertThat(vm.getDomid(connection)).isPositive();
        assertThat(vm.getConsoles(connection)).hasSize(2);
        assertThat(disk.getCurrentlyAttached(connection)).isTrue();
        assertThat(vm.getAllowedOperations(connection)).contains(Types.VmOperations.CLEAN_SHUTDOWN);
        assertThatThrownBy(() -> vm.start(connection, false, false)).isInstanceOf(Types.VmBadPowerState.class);

        vm.pause(connection);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.PAUSED);
        vm.unpause(connection);
        vm.suspend(connection);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.SUSPENDED);
        vm.resume(connection, false, false);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.RUNNING);
        vm.cleanReboot(connection);
        vm.hardReboot(connection);
        VM checkpoint = vm.checkpoint(connection, "live");
        assertThat(checkpoint.getPowerState(connection)).isEqualTo(Types.VmPowerState.SUSPENDED);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.RUNNING);
        vm.cleanShutdown(connection);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.HALTED);

        VM snapshot = vm.snapshot(connection, "before");
        vm.setNameDescription(connection, "changed");
        snapshot.revert(connection);
        assertThat(vm.getNameDescription(connection)).isNotEqualTo("changed");
        assertThat(vm.getSnapshots(connection)).containsExactlyInAnyOrder(checkpoint, snapshot);
        checkpoint.revert(connection);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.SUSPENDED);
        vm.hardShutdown(connection);
        vm.destroy(connection);
        assertThatThrownBy(() -> vm.getRecord(connection)).isInstanceOf(Types.HandleInvalid.class);
    }

    @Test
    void anAsynchronousStartIsATaskThatSucceeds() throws Exception {
        VM vm = VM.getByNameLabel(connection, "Other install media")
                .iterator()
                .next()
                .createClone(connection, "async");
        vm.provision(connection);
        Task task = vm.startAsync(connection, true, false);
        Event.from(connection, Set.of("task/" + task.toWireString()), "", 10.0);
        while (task.getStatus(connection) == Types.TaskStatusType.PENDING) {
            Thread.onSpinWait();
        }
        assertThat(task.getStatus(connection)).isEqualTo(Types.TaskStatusType.SUCCESS);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.PAUSED);
        task.destroy(connection);
        vm.hardShutdown(connection);
    }

    @Test
    void aRunningVmIsStillKnownAfterAKill() throws Exception {
        VM vm = VM.getByNameLabel(connection, "Other install media")
                .iterator()
                .next()
                .createClone(connection, "survivor");
        vm.provision(connection);
        vm.start(connection, false, false);
        long domid = vm.getDomid(connection);
        killAndStart();
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.RUNNING);
        assertThat(vm.getDomid(connection)).isEqualTo(domid);
        vm.cleanShutdown(connection);
    }

    @Test
    void disksAndNicsAreAttachedAndPluggedWhileTheVmRuns() throws Exception {
        VM vm = VM.getByNameLabel(connection, "Other install media")
                .iterator()
                .next()
                .createClone(connection, "devices");
        vm.provision(connection);
        vm.start(connection, false, false);
        Pool pool = Pool.getAllRecords(connection).keySet().iterator().next();
        VDI.Record disk = new VDI.Record();
        disk.nameLabel = "data";
        disk.SR = pool.getDefaultSR(connection);
        disk.virtualSize = 5_000_000L;
        disk.type = Types.VdiType.USER;
        disk.otherConfig = Map.of();
        VDI vdi = VDI.create(connection, disk);
        assertThat(vdi.getVirtualSize(connection)).isEqualTo(5L << 20);
        VBD.Record at = new VBD.Record();
        at.VM = vm;
        at.VDI = vdi;
        at.userdevice = "autodetect";
        at.mode = Types.VbdMode.RW;
        at.type = Types.VbdType.DISK;
        at.unpluggable = true;
        at.otherConfig = Map.of();
        at.qosAlgorithmType = "";
        at.qosAlgorithmParams = Map.of();
        VBD vbd = VBD.create(connection, at);
        vbd.plug(connection);
        assertThat(vbd.getCurrentlyAttached(connection)).isTrue();
        assertThatThrownBy(() -> vdi.destroy(connection)).isInstanceOf(Types.VdiInUse.class);
        vbd.unplug(connection);
        vbd.destroy(connection);
        vdi.destroy(connection);

        VIF.Record nic = new VIF.Record();
        nic.VM = vm;
        nic.network = Network.getAll(connection).iterator().next();
        nic.device = "0";
        nic.MAC = "";
        nic.MTU = 1500L;
        nic.otherConfig = Map.of();
        nic.qosAlgorithmType = "";
        nic.qosAlgorithmParams = Map.of();
        VIF vif = VIF.create(connection, nic);
        vif.plug(connection);
        assertThat(vif.getCurrentlyAttached(connection)).isTrue();
        assertThat(vif.getMAC(connection)).matches("([0-9a-f]{2}:){5}[0-9a-f]{2}");
        vif.unplug(connection);
        vm.hardShutdown(connection);
    }

    @Test
    void aVmThatDoesNotFitIsNotStarted() throws Exception {
        VM vm = VM.getByNameLabel(connection, "Other install media")
                .iterator()
                .next()
                .createClone(connection, "huge");
        vm.provision(connection);
        vm.setMemoryLimits(connection, 1L << 30, 1L << 40, 1L << 40, 1L << 40);
        assertThatThrownBy(() -> vm.start(connection, false, false)).isInstanceOf(Types.HostNotEnoughFreeMemory.class);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.HALTED);
        assertThat(vm.getCurrentOperations(connection)).isEmpty();
    }
}
