package org.jxapi.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;

/** Moves the simulated machine of a daemon: see docs/simulator.md. */
final class SimulatorOrders {
    private final Path folder;

    SimulatorOrders(DaemonProcess daemon) throws IOException {
        this.folder = Files.createDirectories(daemon.data().resolve("simulator/control"));
    }

    /** Gives an order and waits until it is carried out. */
    void give(String order) throws Exception {
        String name = UUID.randomUUID().toString();
        Path fresh = folder.resolve(name + ".new");
        Path file = folder.resolve(name + ".json");
        Files.writeString(fresh, order);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        eventually(() -> !Files.exists(file));
        assertThat(folder.resolve(name + ".json.refused")).doesNotExist();
    }

    void guest(long domid, String does) throws Exception {
        give("{\"domain\": " + domid + ", \"guest\": \"" + does + "\"}");
    }

    void fault(String operation, String fault, String error) throws Exception {
        give("{\"operation\": \"" + operation + "\", \"fault\": \"" + fault + "\", \"error\": \"" + error + "\"}");
    }

    /** Waits until it is true; fails after a while. */
    static void eventually(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("it never came true").isLessThan(end);
            Thread.sleep(20);
        }
    }
}
