package org.jxapi.agent;

import java.util.List;
import org.jxapi.volume.LiveDisks;

/** The guests of an agent's host, as the coordinator's records show them. */
public interface HostGuests {
    /**
     * Those that have a volume now. A failure ends the call of the agent that asks.
     *
     * @param sr {@code SR.uuid}
     */
    List<LiveDisks.Guest> having(String sr, String location);
}
