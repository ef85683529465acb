package org.jxapi.session;

import org.jxapi.datamodel.Ref;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Host;

/** How members of the pool prove at the coordinator who they are. */
public interface MemberSecrets {
    /** Whether a member has that secret; takes as long for every wrong one. */
    boolean admits(Snapshot now, Ref<Host> host, String secret);
}
