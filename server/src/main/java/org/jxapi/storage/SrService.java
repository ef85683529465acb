package org.jxapi.storage;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jxapi.blob.BlobService;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Owner;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.volume.Driver;
import org.jxapi.volume.Settings;
import org.jxapi.xenapi.Blob;
import org.jxapi.xenapi.DataSource;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.ProbeResult;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.SRMessages;

/** The messages of class SR. */
public final class SrService implements SRMessages<Call> {
    private final Store store;
    private final Disks disks;
    private final Srs repositories;
    private final Measurements measurements;
    private final DatabaseCopies copies;

    public SrService(Store store, Disks disks, Srs repositories, Measurements measurements, DatabaseCopies copies) {
        this.store = store;
        this.disks = disks;
        this.repositories = repositories;
        this.measurements = measurements;
        this.copies = copies;
    }

    public void bind(MessageTable<Call> table) {
        SRMessages.bind(table, this);
    }

    @Override
    public Ref<SR> create(
            Call call,
            Ref<Host> host,
            Map<String, String> deviceConfig,
            long physicalSize,
            String nameLabel,
            String nameDescription,
            String type,
            String contentType,
            boolean shared,
            Map<String, String> smConfig) {
        Row<SR> row = settings(nameLabel, nameDescription, type, contentType, shared, smConfig);
        return repositories.create(call, host, deviceConfig, row);
    }

    private static Row<SR> settings(
            String nameLabel,
            String nameDescription,
            String type,
            String contentType,
            boolean shared,
            Map<String, String> smConfig) {
        return Row.of(SR.XEN_CLASS)
                .with(SR.NAME_LABEL, nameLabel)
                .with(SR.NAME_DESCRIPTION, nameDescription)
                .with(SR.TYPE, type)
                .with(SR.CONTENT_TYPE, contentType)
                .with(SR.SHARED, shared)
                .with(SR.SM_CONFIG, smConfig);
    }

    @Override
    public Ref<SR> introduce(
            Call call,
            String uuid,
            String nameLabel,
            String nameDescription,
            String type,
            String contentType,
            boolean shared,
            Map<String, String> smConfig) {
        return repositories.introduce(
                uuid.isEmpty() ? UUID.randomUUID().toString() : uuid,
                settings(nameLabel, nameDescription, type, contentType, shared, smConfig));
    }

    @Override
    public String make(
            Call call,
            Ref<Host> host,
            Map<String, String> deviceConfig,
            long physicalSize,
            String nameLabel,
            String nameDescription,
            String type,
            String contentType,
            Map<String, String> smConfig) {
        throw Errors.messageDeprecated();
    }

    @Override
    public void destroy(Call call, Ref<SR> sr) {
        repositories.destroy(call, sr);
    }

    @Override
    public void forget(Call call, Ref<SR> sr) {
        repositories.forget(call, sr);
    }

    @Override
    public void update(Call call, Ref<SR> sr) {
        repositories.update(sr);
    }

    @Override
    public List<String> getSupportedTypes(Call call) {
        return disks.drivers().types();
    }

    @Override
    public void scan(Call call, Ref<SR> sr) {
        disks.scans().scan(call, sr);
    }

    @Override
    public String probe(
            Call call, Ref<Host> host, Map<String, String> deviceConfig, String type, Map<String, String> smConfig) {
        store.snapshot().require(host);
        return SrProbe.text(found(host, deviceConfig, type, smConfig));
    }

    @Override
    public List<Row<ProbeResult>> probeExt(
            Call call, Ref<Host> host, Map<String, String> deviceConfig, String type, Map<String, String> smConfig) {
        store.snapshot().require(host);
        List<Row<ProbeResult>> found =
                SrProbe.results(found(host, deviceConfig, type, smConfig).found(), deviceConfig);
        // The answer can be given to SR.create, and so must not show a password.
        return store.transact(tx -> {
            Map<String, String> hidden = DeviceSecrets.hide(tx, deviceConfig);
            return found.stream()
                    .map(result -> result.with(ProbeResult.CONFIGURATION, hidden))
                    .toList();
        });
    }

    private Driver.Probe found(
            Ref<Host> host, Map<String, String> deviceConfig, String type, Map<String, String> smConfig) {
        disks.drivers().of(type);
        Map<String, String> clear = DeviceSecrets.reveal(store.snapshot(), deviceConfig);
        return disks.drivers().at(host).probe(type.toLowerCase(Locale.ROOT), new Settings("", clear, smConfig));
    }

    @Override
    public void setShared(Call call, Ref<SR> sr, boolean value) {
        repositories.setShared(sr, value);
    }

    @Override
    public void setNameLabel(Call call, Ref<SR> sr, String value) {
        setPlugged(sr, SR.NAME_LABEL, value);
    }

    @Override
    public void setNameDescription(Call call, Ref<SR> sr, String value) {
        setPlugged(sr, SR.NAME_DESCRIPTION, value);
    }

    private void setPlugged(Ref<SR> sr, Field<SR, String> field, String value) {
        disks.drivers().attached(store.snapshot(), sr);
        store.change(tx -> tx.set(sr, field, value));
    }

    @Override
    public void setPhysicalSize(Call call, Ref<SR> self, long value) {
        setInternally(call, self, SR.PHYSICAL_SIZE, value);
    }

    @Override
    public void setVirtualAllocation(Call call, Ref<SR> self, long value) {
        setInternally(call, self, SR.VIRTUAL_ALLOCATION, value);
    }

    @Override
    public void setPhysicalUtilisation(Call call, Ref<SR> self, long value) {
        setInternally(call, self, SR.PHYSICAL_UTILISATION, value);
    }

    private void setInternally(Call call, Ref<SR> sr, Field<SR, Long> field, long value) {
        store.snapshot().require(sr);
        InternalAccess.check(call, sr);
        store.change(tx -> tx.set(sr, field, value));
    }

    @Override
    public void assertCanHostHaStatefile(Call call, Ref<SR> sr) {
        repositories.requireEverywhere(sr, List.of("VDI_GENERATE_CONFIG", "VDI_ATTACH_OFFLINE"));
    }

    @Override
    public void assertSupportsDatabaseReplication(Call call, Ref<SR> sr) {
        repositories.requireEverywhere(sr, List.of("SR_METADATA"));
    }

    @Override
    public void enableDatabaseReplication(Call call, Ref<SR> sr) {
        assertSupportsDatabaseReplication(call, sr);
        copies.enable(call, sr);
    }

    @Override
    public void disableDatabaseReplication(Call call, Ref<SR> sr) {
        copies.disable(call, sr);
    }

    @Override
    public List<Ref<Host>> getLiveHosts(Call call, Ref<SR> sr) {
        Snapshot snapshot = store.snapshot();
        return snapshot.get(sr, SR.PBDS).stream()
                .filter(pbd -> snapshot.get(pbd, PBD.CURRENTLY_ATTACHED))
                .map(pbd -> snapshot.get(pbd, PBD.HOST))
                .toList();
    }

    @Override
    public Ref<Blob> createNewBlob(Call call, Ref<SR> sr, String name, String mimeType, boolean open) {
        return BlobService.attach(store, sr, SR.BLOBS, name, mimeType, open);
    }

    private Owner owner(Ref<SR> sr) {
        return Owner.sr(store.snapshot().get(sr, SR.UUID));
    }

    @Override
    public List<Row<DataSource>> getDataSources(Call call, Ref<SR> sr) {
        return measurements.sources(owner(sr));
    }

    @Override
    public void recordDataSource(Call call, Ref<SR> sr, String dataSource) {
        measurements.record(owner(sr), dataSource);
    }

    @Override
    public double queryDataSource(Call call, Ref<SR> sr, String dataSource) {
        return measurements.query(owner(sr), dataSource);
    }

    @Override
    public void forgetDataSourceArchives(Call call, Ref<SR> sr, String dataSource) {
        measurements.forget(owner(sr), dataSource);
    }
}
