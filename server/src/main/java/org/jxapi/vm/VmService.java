package org.jxapi.vm;

import java.util.List;
import java.util.Map;
import org.jxapi.blob.BlobService;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Texts;
import org.jxapi.domain.BiosStrings;
import org.jxapi.host.Features;
import org.jxapi.host.HostPlugins;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Measurements;
import org.jxapi.memory.MemoryOverhead;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Blob;
import org.jxapi.xenapi.DataSource;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.GPUGroup;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VGPU;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMAppliance;
import org.jxapi.xenapi.VMGroup;
import org.jxapi.xenapi.VMMessages;
import org.jxapi.xenapi.VMSS;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmSecurebootReadiness;
import org.jxapi.xenapi.VmUefiMode;

/** The messages of class VM. */
public final class VmService implements VMMessages<Call> {
    /** The number of virtual CPUs for an estimate that must hold for any number of them. */
    private static final long CAUTIOUS_VCPUS = 64;

    private final Store store;
    private final VmClaims claims;
    private final VmLifecycle lifecycle;
    private final VmSuspension suspension;
    private final Relocation relocation;
    private final PoolMigration pool;
    private final VmCreation creation;
    private final VmCopies copies;
    private final VmRevert reverts;
    private final VmMemory memory;
    private final VmSettings settings;
    private final Provision provision;
    private final VmRecovery recovery;
    private final VmMigration migration;
    private final VmPlugins plugins;
    private final BiosStrings biosStrings;
    private final LiveOperations live;
    private final VmDataSources data;

    public VmService(
            Store store,
            Hosts hosts,
            VmClaims claims,
            VmLifecycle lifecycle,
            VmSuspension suspension,
            Relocation relocation,
            PoolMigration pool,
            VmCopies copies,
            VmRevert reverts,
            Provision provision,
            Measurements measurements,
            Disks disks,
            VmMemory memory,
            VmRecovery recovery,
            HostPlugins plugins) {
        this.store = store;
        this.claims = claims;
        this.lifecycle = lifecycle;
        this.suspension = suspension;
        this.relocation = relocation;
        this.pool = pool;
        this.creation = new VmCreation(store, claims);
        this.copies = copies;
        this.reverts = reverts;
        this.memory = memory;
        this.settings = new VmSettings(store, claims, disks, hosts);
        this.provision = provision;
        this.recovery = recovery;
        this.migration = new VmMigration(store, disks, relocation);
        this.plugins = new VmPlugins(store, claims, plugins);
        this.biosStrings = new BiosStrings(store);
        this.live = new LiveOperations(store, lifecycle);
        this.data = new VmDataSources(store, measurements);
    }

    public void bind(MessageTable<Call> table) {
        VMMessages.bind(table, this);
        table.bindCreate(VM.XEN_CLASS, (call, row) -> creation.create(row));
        table.bindDestroy(VM.XEN_CLASS, creation::destroy);
        table.bindSet(VM.XENSTORE_DATA, (call, vm, value) -> settings.xenstoreData(vm, Texts.cut(value)));
        table.bindSet(VM.IS_A_TEMPLATE, settings::template);
    }

    private Row<VM> vm(Ref<VM> vm) {
        return store.snapshot().row(vm);
    }

    @Override
    public void start(Call call, Ref<VM> vm, boolean startPaused, boolean force) {
        lifecycle.start(call, vm, null, startPaused, force);
    }

    @Override
    public void startOn(Call call, Ref<VM> vm, Ref<Host> host, boolean startPaused, boolean force) {
        lifecycle.start(call, vm, host, startPaused, force);
    }

    @Override
    public void pause(Call call, Ref<VM> vm) {
        lifecycle.pause(call, vm);
    }

    @Override
    public void unpause(Call call, Ref<VM> vm) {
        lifecycle.unpause(call, vm);
    }

    @Override
    public void cleanShutdown(Call call, Ref<VM> vm) {
        lifecycle.cleanShutdown(call, vm);
    }

    @Override
    public void hardShutdown(Call call, Ref<VM> vm) {
        lifecycle.hardShutdown(call, vm);
    }

    @Override
    public void shutdown(Call call, Ref<VM> vm) {
        lifecycle.shutdown(call, vm);
    }

    @Override
    public void suspend(Call call, Ref<VM> vm) {
        suspension.suspend(call, vm);
    }

    @Override
    public void cleanReboot(Call call, Ref<VM> vm) {
        lifecycle.cleanReboot(call, vm);
    }

    @Override
    public void hardReboot(Call call, Ref<VM> vm) {
        lifecycle.hardReboot(call, vm);
    }

    @Override
    public void powerStateReset(Call call, Ref<VM> vm) {
        lifecycle.reset(vm);
    }

    @Override
    public void resume(Call call, Ref<VM> vm, boolean startPaused, boolean force) {
        suspension.resume(call, vm, null, startPaused);
    }

    @Override
    public void resumeOn(Call call, Ref<VM> vm, Ref<Host> host, boolean startPaused, boolean force) {
        suspension.resume(call, vm, host, startPaused);
    }

    @Override
    public Ref<VM> clone(Call call, Ref<VM> vm, String newName) {
        return copies.copy(call, vm, newName, VmOperations.CLONE, Ref.nil());
    }

    /** A second VM that goes on where the suspended one stopped. */
    @Override
    public Ref<VM> csvm(Call call, Ref<VM> vm) {
        String name = store.snapshot().get(vm, VM.NAME_LABEL) + "-cloned-suspended";
        return copies.copy(call, vm, name, VmOperations.CSVM, Ref.nil());
    }

    @Override
    public Ref<VM> copy(Call call, Ref<VM> vm, String newName, Ref<SR> sr) {
        return copies.copy(call, vm, newName, VmOperations.COPY, sr);
    }

    @Override
    public Ref<VM> snapshot(Call call, Ref<VM> vm, String newName, List<Ref<VDI>> ignoreVdis) {
        return copies.snapshot(call, vm, newName, ignoreVdis);
    }

    @Override
    public Ref<VM> snapshotWithQuiesce(Call call, Ref<VM> vm, String newName) {
        VmRules.check(store.snapshot(), vm, VmOperations.SNAPSHOT_WITH_QUIESCE);
        throw Errors.vmSnapshotWithQuiesceNotSupported(vm.value());
    }

    @Override
    public Ref<VM> checkpoint(Call call, Ref<VM> vm, String newName) {
        return copies.checkpoint(call, vm, newName);
    }

    @Override
    public void revert(Call call, Ref<VM> snapshot) {
        reverts.revert(call, snapshot);
    }

    @Override
    public void provision(Call call, Ref<VM> vm) {
        provision.run(call, vm);
    }

    @Override
    public void poolMigrate(Call call, Ref<VM> vm, Ref<Host> host, Map<String, String> options) {
        vm(vm);
        store.snapshot().require(host);
        String network = options.getOrDefault("network", Ref.nil().value());
        pool.migrate(call, vm, host, Network.XEN_CLASS.ref(network), VmConstraints.isTrue(options, "force"));
    }

    @Override
    public void restartDeviceModels(Call call, Ref<VM> self) {
        relocation.restartDeviceModels(call, self);
    }

    @Override
    public Ref<VM> migrateSend(
            Call call,
            Ref<VM> vm,
            Map<String, String> dest,
            boolean live,
            Map<Ref<VDI>, Ref<SR>> vdiMap,
            Map<Ref<VIF>, Ref<Network>> vifMap,
            Map<String, String> options,
            Map<Ref<VGPU>, Ref<GPUGroup>> vgpuMap,
            Map<Ref<VDI>, String> vdiFormatMap) {
        vm(vm);
        return migration.send(call, vm, dest, vdiMap, vifMap, options, vdiFormatMap);
    }

    @Override
    public void assertCanMigrate(
            Call call,
            Ref<VM> vm,
            Map<String, String> dest,
            boolean live,
            Map<Ref<VDI>, Ref<SR>> vdiMap,
            Map<Ref<VIF>, Ref<Network>> vifMap,
            Map<String, String> options,
            Map<Ref<VGPU>, Ref<GPUGroup>> vgpuMap) {
        vm(vm);
        migration.check(vm, dest, vdiMap, vifMap);
    }

    @Override
    public void setVCPUsMax(Call call, Ref<VM> self, long value) {
        settings.vcpusMax(call, self, value);
    }

    @Override
    public void setVCPUsAtStartup(Call call, Ref<VM> self, long value) {
        settings.vcpusAtStartup(self, value);
    }

    @Override
    public void setVCPUsNumberLive(Call call, Ref<VM> self, long nvcpu) {
        live.vcpus(call, self, nvcpu);
    }

    @Override
    public void addToVCPUsParamsLive(Call call, Ref<VM> self, String key, String value) {
        VmRules.check(store.snapshot(), self, VmOperations.CHANGING_VCPUS_LIVE);
        throw Errors.notImplemented("add_to_VCPUs_params_live");
    }

    @Override
    public long computeMemoryOverhead(Call call, Ref<VM> vm) {
        return MemoryOverhead.of(vm(vm));
    }

    @Override
    public void setMemoryDynamicMax(Call call, Ref<VM> self, long value) {
        memory.dynamicRange(call, self, null, value);
    }

    @Override
    public void setMemoryDynamicMin(Call call, Ref<VM> self, long value) {
        memory.dynamicRange(call, self, value, null);
    }

    @Override
    public void setMemoryDynamicRange(Call call, Ref<VM> self, long min, long max) {
        memory.dynamicRange(call, self, min, max);
    }

    @Override
    public void setMemoryStaticMax(Call call, Ref<VM> self, long value) {
        memory.staticRange(call, self, null, value);
    }

    @Override
    public void setMemoryStaticMin(Call call, Ref<VM> self, long value) {
        memory.staticRange(call, self, value, null);
    }

    @Override
    public void setMemoryStaticRange(Call call, Ref<VM> self, long min, long max) {
        memory.staticRange(call, self, min, max);
    }

    @Override
    public void setMemoryLimits(
            Call call, Ref<VM> self, long staticMin, long staticMax, long dynamicMin, long dynamicMax) {
        memory.limits(call, self, staticMin, dynamicMin, dynamicMax, staticMax);
    }

    @Override
    public void setMemory(Call call, Ref<VM> self, long value) {
        memory.all(call, self, value);
    }

    @Override
    public void setMemoryTargetLive(Call call, Ref<VM> self, long target) {
        memory.targetLive(call, self);
    }

    @Override
    public void waitMemoryTargetLive(Call call, Ref<VM> self) {
        memory.awaitTarget(call, self);
    }

    @Override
    public long maximiseMemory(Call call, Ref<VM> self, long total, boolean approximate) {
        Row<VM> row = vm(self);
        return MemoryOverhead.largest(row, total, approximate ? CAUTIOUS_VCPUS : row.get(VM.VCPUS_MAX));
    }

    @Override
    public boolean getCooperative(Call call, Ref<VM> self) {
        vm(self);
        return true;
    }

    @Override
    public void setShadowMultiplierLive(Call call, Ref<VM> self, double multiplier) {
        settings.shadowMultiplierLive(call, self, multiplier);
    }

    @Override
    public void setHVMShadowMultiplier(Call call, Ref<VM> self, double value) {
        settings.shadowMultiplier(call, self, value);
    }

    @Override
    public void setNVRAM(Call call, Ref<VM> self, Map<String, String> value) {
        settings.nvram(call, self, value);
    }

    @Override
    public void addToNVRAM(Call call, Ref<VM> self, String key, String value) {
        settings.addNvram(call, self, key, value);
    }

    @Override
    public void removeFromNVRAM(Call call, Ref<VM> self, String key) {
        settings.removeNvram(call, self, key);
    }

    @Override
    public void setHaRestartPriority(Call call, Ref<VM> self, String value) {
        settings.restartPriority(self, value);
    }

    @Override
    public void setHaAlwaysRun(Call call, Ref<VM> self, boolean value) {
        settings.restartPriority(self, value ? "restart" : "");
    }

    @Override
    public void setBiosStrings(Call call, Ref<VM> self, Map<String, String> value) {
        biosStrings.set(self, value);
    }

    @Override
    public void copyBiosStrings(Call call, Ref<VM> vm, Ref<Host> host) {
        biosStrings.copy(vm, host);
    }

    @Override
    public void setAppliance(Call call, Ref<VM> self, Ref<VMAppliance> value) {
        settings.appliance(self, value);
    }

    @Override
    public void setGroups(Call call, Ref<VM> self, List<Ref<VMGroup>> value) {
        settings.groups(self, value);
    }

    @Override
    public void setSnapshotSchedule(Call call, Ref<VM> self, Ref<VMSS> value) {
        settings.schedule(self, value);
    }

    @Override
    public Row<VM> getBootRecord(Call call, Ref<VM> self) {
        try (Operation operation = claims.begin(call, self, VmOperations.GET_BOOT_RECORD)) {
            return vm(self);
        }
    }

    @Override
    public List<Row<DataSource>> getDataSources(Call call, Ref<VM> self) {
        return data.list(self);
    }

    @Override
    public void recordDataSource(Call call, Ref<VM> self, String dataSource) {
        data.record(self, dataSource);
    }

    @Override
    public void forgetDataSourceArchives(Call call, Ref<VM> self, String dataSource) {
        data.forget(self, dataSource);
    }

    @Override
    public double queryDataSource(Call call, Ref<VM> self, String dataSource) {
        return data.query(self, dataSource);
    }

    @Override
    public void sendSysrq(Call call, Ref<VM> vm, String key) {
        live.sysrq(call, vm, key);
    }

    @Override
    public void sendTrigger(Call call, Ref<VM> vm, String trigger) {
        live.trigger(call, vm, trigger);
    }

    @Override
    public String callPlugin(Call call, Ref<VM> vm, String plugin, String fn, Map<String, String> args) {
        return plugins.call(call, vm, plugin, fn);
    }

    @Override
    public String callHostPlugin(Call call, Ref<VM> vm, String plugin, String fn, Map<String, String> args) {
        return plugins.callHost(call, vm, plugin, fn, args);
    }

    @Override
    public Map<String, String> queryServices(Call call, Ref<VM> self) {
        VmRules.check(store.snapshot(), self, VmOperations.QUERY_SERVICES);
        throw Errors.notImplemented("query_services");
    }

    @Override
    public List<Ref<VM>> import_(Call call, String url, Ref<SR> sr, boolean fullRestore, boolean force) {
        return recovery.download(call, url, sr, fullRestore, force);
    }

    @Override
    public void importConvert(
            Call call, String type, String username, String password, Ref<SR> sr, Map<String, String> remoteConfig) {
        throw Errors.xenapiMissingPlugin("conversion");
    }

    @Override
    public void sysprep(Call call, Ref<VM> self, String unattend, double timeout) {
        if (timeout < 0) {
            throw Errors.invalidValue("timeout", Double.toString(timeout));
        }
        throw Errors.sysprep(vm(self).get(VM.UUID), "API call is disabled");
    }

    @Override
    public VmSecurebootReadiness getSecurebootReadiness(Call call, Ref<VM> self) {
        return SecureBoot.readiness(vm(self));
    }

    @Override
    public String setUefiMode(Call call, Ref<VM> self, VmUefiMode mode) {
        throw SecureBoot.noKeys(vm(self));
    }

    @Override
    public void updateSecurebootCertificatesOnBoot(Call call, Ref<VM> self, boolean mark) {
        store.change(tx -> SecureBoot.updateOnBoot(tx, self, mark));
    }

    @Override
    public Map<Ref<Host>, List<String>> retrieveWlbRecommendations(Call call, Ref<VM> vm) {
        vm(vm);
        Features.WLB.check();
        throw Errors.wlbNotInitialized();
    }

    @Override
    public void assertOperationValid(Call call, Ref<VM> self, VmOperations op) {
        VmRules.check(store.snapshot(), self, op);
    }

    @Override
    public void updateAllowedOperations(Call call, Ref<VM> self) {
        store.change(tx -> tx.set(self, VM.ALLOWED_OPERATIONS, VmRules.allowed(tx, self)));
    }

    @Override
    public List<String> getAllowedVBDDevices(Call call, Ref<VM> vm) {
        return FreeDevices.vbds(store.snapshot(), vm);
    }

    @Override
    public List<String> getAllowedVIFDevices(Call call, Ref<VM> vm) {
        return FreeDevices.vifs(store.snapshot(), vm);
    }

    @Override
    public List<Ref<Host>> getPossibleHosts(Call call, Ref<VM> vm) {
        vm(vm);
        return VmBoot.possible(store.snapshot(), vm);
    }

    @Override
    public void assertCanBootHere(Call call, Ref<VM> self, Ref<Host> host) {
        VmBoot.check(store.snapshot(), self, host);
    }

    @Override
    public void assertAgile(Call call, Ref<VM> self) {
        Row<VM> vm = store.snapshot().row(self);
        if (!vm.get(VM.VGPUS).isEmpty()) {
            throw Errors.vmHasVgpu(self.value());
        }
        if (!vm.get(VM.VUSBS).isEmpty()) {
            throw Errors.vmHasVusbs(self.value());
        }
        recovery.localStorage(self).stream().findFirst().ifPresent(sr -> {
            throw Errors.haConstraintViolationSrNotShared(sr.value());
        });
    }

    @Override
    public void assertCanBeRecovered(Call call, Ref<VM> self, Ref<Session> sessionTo) {
        recovery.check(call, self, sessionTo);
    }

    @Override
    public List<Ref<SR>> getSRsRequiredForRecovery(Call call, Ref<VM> self, Ref<Session> sessionTo) {
        return recovery.missing(call, self, sessionTo);
    }

    @Override
    public void recover(Call call, Ref<VM> self, Ref<Session> sessionTo, boolean force) {
        recovery.recover(call, List.of(self), sessionTo, force, (last, made) -> {});
    }

    @Override
    public void setStartDelay(Call call, Ref<VM> self, long value) {
        settings.notNegative(self, VM.START_DELAY, value);
    }

    @Override
    public void setShutdownDelay(Call call, Ref<VM> self, long value) {
        settings.notNegative(self, VM.SHUTDOWN_DELAY, value);
    }

    @Override
    public void setOrder(Call call, Ref<VM> self, long value) {
        settings.notNegative(self, VM.ORDER, value);
    }

    @Override
    public void setHasVendorDevice(Call call, Ref<VM> self, boolean value) {
        settings.vendorDevice(self, value);
    }

    @Override
    public void setActionsAfterCrash(Call call, Ref<VM> self, OnCrashBehaviour value) {
        settings.crashAction(self, value);
    }

    @Override
    public void setDomainType(Call call, Ref<VM> self, DomainType value) {
        settings.domainType(self, value);
    }

    @Override
    public void setHVMBootPolicy(Call call, Ref<VM> self, String value) {
        settings.bootPolicy(self, value);
    }

    @Override
    public void setIsDefaultTemplate(Call call, Ref<VM> vm, boolean value) {
        settings.defaultTemplate(vm, value);
    }

    @Override
    public void setBlockedOperations(Call call, Ref<VM> self, Map<VmOperations, String> value) {
        settings.plain(self, VM.BLOCKED_OPERATIONS, value);
    }

    @Override
    public void addToBlockedOperations(Call call, Ref<VM> self, VmOperations key, String value) {
        settings.add(self, VM.BLOCKED_OPERATIONS, key, value);
    }

    @Override
    public void removeFromBlockedOperations(Call call, Ref<VM> self, VmOperations key) {
        settings.remove(self, VM.BLOCKED_OPERATIONS, key);
    }

    @Override
    public void setOtherConfig(Call call, Ref<VM> self, Map<String, String> value) {
        settings.otherConfig(call, self, value);
    }

    @Override
    public void addToOtherConfig(Call call, Ref<VM> self, String key, String value) {
        settings.addOtherConfig(self, key, value);
    }

    @Override
    public void removeFromOtherConfig(Call call, Ref<VM> self, String key) {
        settings.remove(self, VM.OTHER_CONFIG, key);
    }

    @Override
    public void setPlatform(Call call, Ref<VM> self, Map<String, String> value) {
        settings.platform(call, self, value);
    }

    @Override
    public void addToPlatform(Call call, Ref<VM> self, String key, String value) {
        settings.addPlatform(self, key, value);
    }

    @Override
    public void removeFromPlatform(Call call, Ref<VM> self, String key) {
        settings.remove(self, VM.PLATFORM, key);
    }

    @Override
    public Ref<Blob> createNewBlob(Call call, Ref<VM> vm, String name, String mimeType, boolean open) {
        return BlobService.attach(store, vm, VM.BLOBS, name, mimeType, open);
    }

    @Override
    public void setSuspendVDI(Call call, Ref<VM> self, Ref<VDI> value) {
        settings.suspendImage(call, self, value);
    }
}
