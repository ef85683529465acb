package org.jxapi.remote;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.host.MachineClock;
import org.jxapi.xenapi.HostNtpMode;

/** The clock of another machine. Times are those of the two daemons: the coordinator's may not be the member's. */
final class RemoteClock implements MachineClock {
    private final MachineClock member;
    private final InstantSource there;
    private final InstantSource here;

    /**
     * @param there the time of the member's daemon
     * @param here that of this one
     */
    RemoteClock(MachineClock member, InstantSource there, InstantSource here) {
        this.member = member;
        this.there = there;
        this.here = here;
    }

    @Override
    public Optional<Found> found() {
        return member.found();
    }

    @Override
    public void setTimezone(String zone) throws IOException {
        member.setTimezone(zone);
    }

    @Override
    public void setTime(Instant now, Instant time, HostNtpMode mode) throws IOException {
        member.setTime(there.instant(), time, mode);
    }

    @Override
    public Duration ahead() {
        Duration ahead = member.ahead();
        return Duration.between(here.instant(), there.instant()).plus(ahead);
    }

    @Override
    public void follow(HostNtpMode mode, List<String> custom) throws IOException {
        member.follow(mode, custom);
    }

    @Override
    public Map<String, String> servers(HostNtpMode mode, List<String> custom) throws IOException {
        return member.servers(mode, custom);
    }

    @Override
    public boolean synchronised(HostNtpMode mode) throws IOException {
        return member.synchronised(mode);
    }
}
