package org.jxapi.storage;

import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VDI;

/** Copies of pools' databases on disks of type metadata. */
public interface DatabaseCopies {
    /** Keeps a copy of this pool's database in a repository from now on. NO_MORE_REDO_LOGS_ALLOWED when there are many. */
    void enable(Call call, Ref<SR> sr);

    /** Keeps no copy in a repository any more, and removes the disk. */
    void disable(Call call, Ref<SR> sr);

    /** A session that reads the copy on a disk; COULD_NOT_IMPORT_DATABASE when the disk holds none. */
    Ref<Session> open(Call call, Ref<VDI> vdi);

    /** The UUID of the other pool whose database a disk holds; empty when it holds none. */
    String poolUuid(Call call, Ref<VDI> vdi);
}
