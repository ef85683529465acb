package org.jxapi.storage;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiNbdServerInfo;

/** Where clients read disks over NBD. */
public interface DiskExports {
    /** The servers that offer the disk to the caller's session; none when no network has the purpose. */
    List<Row<VdiNbdServerInfo>> servers(Call call, Ref<VDI> vdi);
}
