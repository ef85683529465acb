package org.jxapi.simulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;

/** The daemon's clock in a simulated world: once there are clients it can be advanced, and never goes back. */
public final class SimulatedClock extends Clock {
    private final AtomicLong aheadMillis;
    private final ZoneId zone;

    public SimulatedClock() {
        this(new AtomicLong(), ZoneOffset.UTC);
    }

    private SimulatedClock(AtomicLong aheadMillis, ZoneId zone) {
        this.aheadMillis = aheadMillis;
        this.zone = zone;
    }

    /** Begins at a moment before or after that of the machine's clock. */
    public void begin(Duration ahead) {
        aheadMillis.set(ahead.toMillis());
    }

    /** Goes forward by that much. */
    public void advance(Duration by) {
        aheadMillis.addAndGet(by.toMillis());
    }

    /** How far it is ahead of the machine's clock; negative when it is behind. */
    public Duration ahead() {
        return Duration.ofMillis(aheadMillis.get());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new SimulatedClock(aheadMillis, other);
    }

    @Override
    public Instant instant() {
        return Instant.now().plusMillis(aheadMillis.get());
    }
}
