package org.jxapi.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Logs what peers do wrong before it is known who they are: the first few things of a minute one by one, the others as a
 * number at the minute's end. So a stranger cannot fill the log.
 */
public final class PeerLog {
    private static final long WINDOW_SECONDS = 60;
    private static final int LINES_OF_A_PEER = 3;
    private static final int LINES = 30;
    private static final int PEERS = 1000;

    private final Logger log;
    private final String what;
    private final Executor atWindowsEnd;
    private final Map<String, Integer> counts = new HashMap<>();
    private int lines;
    private int unnamed;

    /** @param what the things that are counted, such as "refused logins" */
    public PeerLog(Logger log, String what) {
        this(log, what, CompletableFuture.delayedExecutor(WINDOW_SECONDS, TimeUnit.SECONDS));
    }

    PeerLog(Logger log, String what, Executor atWindowsEnd) {
        this.log = log;
        this.what = what;
        this.atWindowsEnd = atWindowsEnd;
    }

    /** Logs a line about that peer, or counts it. */
    public synchronized void warn(String peer, String line) {
        if (counts.isEmpty()) {
            atWindowsEnd.execute(this::sum);
        }
        if (counts.size() >= PEERS && !counts.containsKey(peer)) {
            unnamed++;
            return;
        }
        int before = counts.merge(peer, 1, Integer::sum) - 1;
        if (before < LINES_OF_A_PEER && lines < LINES) {
            lines++;
            log.warn("{}", line);
        } else if (before < LINES_OF_A_PEER) {
            unnamed++;
        }
    }

    private synchronized void sum() {
        List<String> said = new ArrayList<>();
        counts.forEach((peer, count) -> {
            int further = count - LINES_OF_A_PEER;
            if (further > 0 && said.size() < LINES) {
                said.add(further + " further " + what + " of " + peer);
            } else {
                unnamed += Math.max(0, further);
            }
        });
        if (unnamed > 0) {
            said.add(unnamed + " further " + what + " of other peers");
        }
        counts.clear();
        lines = 0;
        unnamed = 0;
        said.forEach(line -> log.warn("{}", line));
    }
}
