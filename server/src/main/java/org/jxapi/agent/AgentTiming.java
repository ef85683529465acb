package org.jxapi.agent;

import java.time.Duration;

/**
 * The times of a connection between a coordinator and an agent.
 *
 * @param ping how often a side that has nothing to say shows that it is there
 * @param dead a side that has shown nothing for so long is not there any more, even if calls are in progress
 * @param connect how long a connection may take until both sides know each other
 * @param again the longest pause before the next attempt to connect
 */
public record AgentTiming(Duration ping, Duration dead, Duration connect, Duration again) {
    /** Finds a dead peer within seconds, and bears a pause of a busy machine. */
    public static final AgentTiming USUAL =
            new AgentTiming(Duration.ofSeconds(1), Duration.ofSeconds(8), Duration.ofSeconds(5), Duration.ofSeconds(2));
}
