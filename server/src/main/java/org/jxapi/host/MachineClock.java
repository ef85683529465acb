package org.jxapi.host;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.xenapi.HostNtpMode;

/** The clock of a machine, its time zone, and the servers that the clock follows. */
public interface MachineClock {
    /** The settings that the machine has. */
    record Found(String zone, HostNtpMode mode, List<String> servers) {}

    /** The settings that were made on the machine itself; none when there is no such machine. */
    Optional<Found> found();

    void setTimezone(String zone) throws IOException;

    /**
     * Sets the clock; fails while it follows servers.
     *
     * @param now the time of the daemon's own clock
     */
    void setTime(Instant now, Instant time, HostNtpMode mode) throws IOException;

    /** The time that the clock shows more than the daemon's own. */
    Duration ahead();

    /**
     * Follows servers; INVALID_NTP_CONFIG for a mode that the machine has not.
     *
     * @param custom the servers of mode Custom, valid names or addresses
     */
    void follow(HostNtpMode mode, List<String> custom) throws IOException;

    /** The servers with their states, in XAPI's words such as {@code synced}. */
    Map<String, String> servers(HostNtpMode mode, List<String> custom) throws IOException;

    boolean synchronised(HostNtpMode mode) throws IOException;
}
