package org.jxapi.session;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.dispatch.Call;

/** The programs that have logged in since the daemon has started, as their user agents name them. */
public final class UserAgents {
    /** The longest user agent that counts. */
    private static final int LONGEST = 64;
    /** With more, the oldest one goes. */
    private static final int MOST = 128;

    private final Map<String, String> versions = new LinkedHashMap<>();

    /** Remembers the program of a login; upstream: xapi_tracked_user_agents.ml. */
    synchronized void track(Call.Origin origin) {
        String agent = origin.userAgent();
        if (agent.isEmpty() || agent.length() > LONGEST) {
            return;
        }
        String[] parts = agent.split(" ", 2)[0].split("/", -1);
        if (!versions.containsKey(parts[0]) && versions.size() >= MOST) {
            versions.remove(versions.keySet().iterator().next());
        }
        versions.put(parts[0], parts.length > 1 ? parts[1] : "");
    }

    /** The names, with the version of each that has come last. */
    public synchronized Map<String, String> all() {
        return new LinkedHashMap<>(versions);
    }
}
