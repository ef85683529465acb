package org.jxapi.host;

import java.nio.file.Path;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Session;

/** The daemon of this process, with the plug-ins of its host. */
public final class OwnDaemon implements HostDaemon {
    private final HostAgent agent;
    private final Map<String, HostPlugin> plugins;
    private final PluginPrograms programs;

    /**
     * @param plugins those that are part of the daemon, by name; a program of the same name is never called
     * @param folder the folder of the programs, which need not be there
     */
    public OwnDaemon(HostAgent agent, Map<String, HostPlugin> plugins, Path folder) {
        this.agent = agent;
        this.plugins = Map.copyOf(plugins);
        this.programs = new PluginPrograms(folder);
    }

    @Override
    public void restart() {
        agent.restart(HostAgent.MOMENT);
    }

    @Override
    public boolean logTo(String destination, String hostname) {
        return agent.logTo(destination, hostname);
    }

    @Override
    public String callPlugin(String session, String plugin, String function, Map<String, String> args) {
        HostPlugin known = plugins.get(plugin);
        return known == null
                ? callProgram(session, plugin, function, args)
                : known.call(caller(session), function, args);
    }

    @Override
    public String callProgram(String session, String plugin, String function, Map<String, String> args) {
        return programs.call(caller(session), plugin, function, args);
    }

    private static Ref<Session> caller(String session) {
        return Session.XEN_CLASS.ref(session);
    }
}
