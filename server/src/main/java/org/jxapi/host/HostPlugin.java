package org.jxapi.host;

import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Session;

/** A plug-in for host.call_plugin that is part of the daemon. */
public interface HostPlugin {
    /** Calls a function of the plug-in for a session. An unknown one is XENAPI_PLUGIN_FAILURE. */
    String call(Ref<Session> caller, String function, Map<String, String> args);
}
