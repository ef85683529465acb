package org.jxapi.host;

import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.PIF;

/** Makes an interface the one by which clients reach its host. */
public interface ManagementChoice {
    void choose(Ref<PIF> pif);
}
