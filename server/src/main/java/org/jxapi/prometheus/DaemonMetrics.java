package org.jxapi.prometheus;

import java.util.Map;
import java.util.TreeMap;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Row;
import org.jxapi.store.LockTimes;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.TaskStatusType;
import org.jxapi.xenapi.XenModel;

/** The daemon: its objects, tasks, sessions, store and certificates. */
final class DaemonMetrics {
    private static final double NANOS = 1e9;

    private final Store store;
    private final String version;

    DaemonMetrics(Store store, String version) {
        this.store = store;
        this.version = version;
    }

    void collect(Snapshot snapshot, Families families) {
        families.gauge("jxapi_build_info", "The version of jxapi.", 1, "version", version);
        for (ClassModel<?> model : XenModel.CLASSES) {
            if (model.database() && snapshot.count(model) > 0) {
                families.gauge("jxapi_objects", "Objects by class.", snapshot.count(model), "class", model.name());
            }
        }
        families.gauge("jxapi_sessions", "Sessions.", snapshot.count(Session.XEN_CLASS));
        Map<TaskStatusType, Integer> tasks = new TreeMap<>();
        snapshot.all(Task.XEN_CLASS).forEach(task -> tasks.merge(task.row().get(Task.STATUS), 1, Integer::sum));
        for (TaskStatusType status : TaskStatusType.values()) {
            families.gauge("jxapi_tasks", "Tasks by status.", tasks.getOrDefault(status, 0), "status", status.wire());
        }
        families.counter("jxapi_store_changes", "Changes of objects since the database was made.", snapshot.sequence());
        LockTimes.Report locks = store.lockTimes();
        families.counter("jxapi_store_transactions", "Transactions since the start.", locks.count());
        families.counter(
                "jxapi_store_transaction_seconds",
                "Time in which transactions have held the store.",
                locks.averageNanos() / NANOS * locks.count());
        for (Stored<Certificate> stored : snapshot.all(Certificate.XEN_CLASS)) {
            Row<Certificate> row = stored.row();
            families.gauge(
                    "jxapi_certificate_expiry_timestamp_seconds",
                    "The moment at which a certificate expires.",
                    row.get(Certificate.NOT_AFTER).instant().getEpochSecond(),
                    "uuid",
                    row.get(Certificate.UUID),
                    "type",
                    row.get(Certificate.TYPE).wire(),
                    "name",
                    row.get(Certificate.NAME));
        }
    }
}
