package org.jxapi.host;

import java.nio.file.Path;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Session;

/** The plug-ins that clients call: those of the daemon, and programs that administrators add. */
public final class HostPlugins {
    /** Knows which hosts besides the own one are this machine: those of a simulated pool. */
    public interface Places {
        boolean isHere(Ref<Host> host);
    }

    private final Map<String, HostPlugin> own;
    private final Places places;
    private final PluginPrograms programs;

    /**
     * @param own those of the daemon, by name; a program of the same name is never called
     * @param places the hosts that have these plug-ins too
     * @param folder the folder of the programs, which need not be there
     */
    public HostPlugins(Map<String, HostPlugin> own, Places places, Path folder) {
        this.places = places;
        this.own = Map.copyOf(own);
        this.programs = new PluginPrograms(folder);
    }

    /** Whether another host has the same plug-ins. */
    boolean isHere(Ref<Host> host) {
        return places.isHere(host);
    }

    /** Calls a function of a plug-in. An unknown plug-in is XENAPI_MISSING_PLUGIN. */
    public String call(Ref<Session> caller, String plugin, String function, Map<String, String> args) {
        HostPlugin known = own.get(plugin);
        return known == null ? programs.call(caller, plugin, function, args) : known.call(caller, function, args);
    }

    /**
     * The same for programs only: VM.call_host_plugin is for roles that may not do what the daemon's own plug-ins do.
     */
    public String callProgram(Ref<Session> caller, String plugin, String function, Map<String, String> args) {
        return programs.call(caller, plugin, function, args);
    }
}
