package org.jxapi.host;

import java.util.Map;

/** The daemon of a host, as the coordinator of its pool controls it for clients. */
public interface HostDaemon {
    /** Restarts it in a moment, when this call has been answered. */
    void restart();

    /**
     * Sends its log to a syslog server too, from now on.
     *
     * @param destination as in host.logging; empty for none
     * @param hostname the name of its host in the lines
     * @return whether the destination is an address
     */
    boolean logTo(String destination, String hostname);

    /**
     * Calls a function of a plug-in of its host. An unknown plug-in is XENAPI_MISSING_PLUGIN.
     *
     * @param session the reference of the caller's session
     */
    String callPlugin(String session, String plugin, String function, Map<String, String> args);

    /** The same for the programs that administrators have added only. */
    String callProgram(String session, String plugin, String function, Map<String, String> args);
}
