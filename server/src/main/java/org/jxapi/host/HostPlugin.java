package org.jxapi.host;

import java.util.Map;

/** A plug-in for host.call_plugin that is part of the daemon. */
public interface HostPlugin {
    /** Calls a function of the plug-in. An unknown one is XENAPI_PLUGIN_FAILURE. */
    String call(String function, Map<String, String> args);
}
