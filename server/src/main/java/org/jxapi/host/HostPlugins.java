package org.jxapi.host;

import java.time.Duration;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Waiting;
import org.jxapi.local.PerHost;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Session;

/** The plug-ins that clients call: those of the pool, which the coordinator has, and those of each host. */
public final class HostPlugins {
    /** Knows which hosts are this machine: the own one, and those of a simulated pool. */
    public interface Places {
        boolean isHere(Ref<Host> host);
    }

    private final Map<String, HostPlugin> ofPool;
    private final Map<String, HostPlugin> own;
    private final Places places;
    private final PerHost<HostDaemon> daemons;

    /**
     * @param ofPool those that do the same whichever host is asked, by name
     * @param own those that only the hosts of this machine have, by name
     * @param daemons those that have all others
     */
    public HostPlugins(
            Map<String, HostPlugin> ofPool, Map<String, HostPlugin> own, Places places, PerHost<HostDaemon> daemons) {
        this.ofPool = Map.copyOf(ofPool);
        this.own = Map.copyOf(own);
        this.places = places;
        this.daemons = daemons;
    }

    /**
     * Calls a function of a plug-in at a host. An unknown plug-in is XENAPI_MISSING_PLUGIN, a host that does not answer
     * HOST_OFFLINE.
     */
    public String call(Ref<Host> host, Ref<Session> caller, String plugin, String function, Map<String, String> args) {
        HostPlugin known = ofPool.get(plugin);
        if (known == null && places.isHere(host)) {
            known = own.get(plugin);
        }
        return known == null
                ? at(host, daemon -> daemon.callPlugin(caller.value(), plugin, function, args))
                : known.call(caller, function, args);
    }

    /**
     * The same for programs only: VM.call_host_plugin is for roles that may not do what the daemon's own plug-ins do.
     */
    public String callProgram(
            Ref<Host> host, Ref<Session> caller, String plugin, String function, Map<String, String> args) {
        return at(host, daemon -> daemon.callProgram(caller.value(), plugin, function, args));
    }

    private interface Answer {
        String of(HostDaemon daemon);
    }

    private String at(Ref<Host> host, Answer answer) {
        HostDaemon daemon = daemons.of(host);
        if (places.isHere(host)) {
            return answer.of(daemon);
        }
        // A program of another host may take any time, in which this thread only waits.
        try (Waiting waiting = new Waiting(Duration.ZERO)) {
            waiting.goOn();
            return answer.of(daemon);
        }
    }
}
