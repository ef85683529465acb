package org.jxapi.daemon;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jxapi.host.HostAgent;

/** The time until a client ends the daemon. A signal ends it too, without this class. */
final class Life implements HostAgent {
    /** The reason for the end. */
    enum End {
        RESTART,
        STOP,
        /** This member has been elected, and goes on as the coordinator. */
        LEAD
    }

    private final CompletableFuture<End> end = new CompletableFuture<>();

    @Override
    public void restart(Duration later) {
        end(End.RESTART, later);
    }

    @Override
    public void stop(Duration later) {
        end(End.STOP, later);
    }

    @Override
    public boolean logTo(String destination, String hostname) {
        Optional<SyslogServer> server = SyslogServer.parse(destination);
        if (server.isEmpty() && !destination.isEmpty()) {
            return false;
        }
        Logging.alsoTo(server.map(known -> new RemoteLog(known, hostname)));
        return true;
    }

    /** Goes on as the coordinator, in this process: its replica votes on meanwhile. */
    void lead() {
        end.complete(End.LEAD);
    }

    private void end(End how, Duration later) {
        Executor timer = CompletableFuture.delayedExecutor(later.toMillis(), TimeUnit.MILLISECONDS);
        timer.execute(() -> end.complete(how));
    }

    /** Waits for the end. */
    End await() {
        return end.join();
    }
}
