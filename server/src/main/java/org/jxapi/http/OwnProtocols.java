package org.jxapi.http;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What is served beside calls, each on threads of its own, since it may take as long as it likes. */
public record OwnProtocols(CliHandler cli, ConnectHandler consoles, TransferHandler transfers) {
    /** Threads that come as they are needed, and go. */
    static ExecutorService threads(String name, int most) {
        return new ThreadPoolExecutor(0, most, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), r -> {
            Thread thread = new Thread(r, name);
            thread.setDaemon(true);
            return thread;
        });
    }
}
