package org.jxapi.host;

import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Host;

/** The work on hosts that do not come back. */
public interface LostHosts {
    /** Removes the record of a host; HOST_HAS_RESIDENT_VMS while VMs are said to run there. */
    void forget(Ref<Host> host);

    /** Shows the VMs of a host as halted, and lets none start there. */
    void declareDead(Ref<Host> host);
}
