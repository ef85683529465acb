package org.jxapi.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The events of class vm, as a client that waits in event.from sees them. */
final class Events implements AutoCloseable {
    /** A VM's state as an event told it. */
    record Seen(long nanos, String vm, String powerState, String domid) {}

    private final XenApi api;
    private final List<Seen> seen = new ArrayList<>();
    private final Thread thread = new Thread(this::follow, "events");
    private volatile boolean closed;

    Events(XenApi api) {
        this.api = api;
        thread.setDaemon(true);
        thread.start();
    }

    private void follow() {
        String token = "";
        while (!closed) {
            try {
                JsonNode batch = api.call("event.from", List.of("vm"), token, 20.0);
                token = batch.path("token").asText();
                synchronized (seen) {
                    for (JsonNode event : batch.path("events")) {
                        JsonNode vm = event.path("snapshot");
                        seen.add(new Seen(System.nanoTime(), event.path("ref").asText(),
                                vm.path("power_state").asText(), vm.path("domid").asText()));
                    }
                }
            } catch (RuntimeException e) {
                // jxapid is down, or has lost our session: start over.
                token = "";
                try {
                    Thread.sleep(500);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    /** How many events came so far: to wait for those after. */
    int mark() {
        synchronized (seen) {
            return seen.size();
        }
    }

    /** Waits for an event after the mark that says this of the VM; answers it. */
    Seen await(int mark, String vm, String powerState, int seconds) throws InterruptedException {
        Seen[] found = new Seen[1];
        Checks.await("an event that says " + powerState, seconds, () -> {
            synchronized (seen) {
                for (Seen event : seen.subList(mark, seen.size())) {
                    if (event.vm.equals(vm) && event.powerState.equals(powerState)) {
                        found[0] = event;
                        return true;
                    }
                }
                return false;
            }
        });
        return found[0];
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
