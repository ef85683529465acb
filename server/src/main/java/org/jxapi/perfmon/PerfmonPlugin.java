package org.jxapi.perfmon;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.host.HostPlugin;
import org.jxapi.xenapi.Session;

/** XenServer's plug-in {@code perfmon}: {@code refresh} makes changed thresholds count at once. */
public final class PerfmonPlugin implements HostPlugin {
    /** Its name for host.call_plugin. */
    public static final String NAME = "perfmon";

    private final Perfmon perfmon;

    public PerfmonPlugin(Perfmon perfmon) {
        this.perfmon = perfmon;
    }

    @Override
    public String call(Ref<Session> caller, String function, Map<String, String> args) {
        if (!function.equals("refresh")) {
            // The error of upstream's python3/examples/XenAPIPlugin.py.
            throw new XenApiException("UNKNOWN_XENAPI_PLUGIN_FUNCTION", List.of(function));
        }
        perfmon.compare();
        return "True";
    }
}
