package org.jxapi.nbd;

import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.CallContext;
import org.jxapi.session.Rights;
import org.jxapi.session.Sessions;
import org.jxapi.storage.DiskContents;
import org.jxapi.storage.VdiTypes;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiType;

/** The disks that sessions may read. As in XAPI, a session is looked at when an export begins, and not any more then. */
final class Exports {
    /** Disks that the pool needs for itself, which XAPI attaches to no VM. */
    private static final Set<VdiType> NOT_FOR_VMS =
            Set.of(VdiType.HA_STATEFILE, VdiType.REDO_LOG, VdiType.CBT_METADATA);

    private static final MessageModel MESSAGE = VDI.XEN_CLASS.messages().stream()
            .filter(message -> message.name().equals("get_nbd_info"))
            .findFirst()
            .orElseThrow();

    private final Store store;
    private final Sessions sessions;
    private final DiskContents contents;
    private final Tasks tasks;

    Exports(Store store, Sessions sessions, DiskContents contents, Tasks tasks) {
        this.store = store;
        this.sessions = sessions;
        this.contents = contents;
        this.tasks = tasks;
    }

    /**
     * A disk that a session may read.
     *
     * @param bytes its size
     */
    record Export(String uuid, Ref<VDI> vdi, long bytes, Ref<Session> session, Rights rights) {}

    /** Finds the disk of that name, and checks that its session may read it. */
    Export find(ExportName name) throws RefusedExportException {
        try {
            Ref<Session> session = sessions.check(name.session());
            Rights rights = sessions.rights(session);
            rights.check(MESSAGE, null);
            Snapshot now = store.snapshot();
            Stored<VDI> found =
                    now.byUuid(VDI.XEN_CLASS, name.vdi()).orElseThrow(() -> Errors.uuidInvalid("VDI", name.vdi()));
            Row<VDI> vdi = found.row();
            if (NOT_FOR_VMS.contains(vdi.get(VDI.TYPE))) {
                throw Errors.vdiIncompatibleType(found.ref().value(), VdiTypes.named(vdi.get(VDI.TYPE)));
            }
            if (!vdi.get(VDI.MANAGED)) {
                throw Errors.vdiNotManaged(found.ref().value());
            }
            return new Export(vdi.get(VDI.UUID), found.ref(), vdi.get(VDI.VIRTUAL_SIZE), session, rights);
        } catch (XenApiException e) {
            throw RefusedExportException.of(e);
        }
    }

    /** Attaches a disk to the control domain for a client, and opens it; an error of the XenAPI when it cannot be had. */
    void read(Export export, Connection client, DiskContents.Work work) {
        Call.Origin origin =
                new Call.Origin(false, client.peer(), "", "", null, null, Map.of()).watched(client::closed);
        Call call =
                new CallContext("VBD.plug", export.session(), Ref.nil(), false, origin, store, tasks, export.rights());
        contents.read(call, export.vdi(), work);
    }
}
