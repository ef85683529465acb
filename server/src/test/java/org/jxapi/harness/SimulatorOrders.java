package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;

/** Moves the simulated machine of a daemon: see docs/simulator.md. */
public final class SimulatorOrders {
    private final Path folder;

    public SimulatorOrders(TestDaemon daemon) {
        this.folder = daemon.data().resolve("simulator/control");
    }

    /** Gives an order and waits until it is carried out. */
    public void give(String order) throws Exception {
        Files.createDirectories(folder);
        String name = UUID.randomUUID().toString();
        Path fresh = folder.resolve(name + ".new");
        Path file = folder.resolve(name + ".json");
        Files.writeString(fresh, order);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        eventually(() -> !Files.exists(file));
        assertThat(folder.resolve(name + ".json.refused")).doesNotExist();
    }

    public void guest(long domid, String does) throws Exception {
        give("{\"domain\": " + domid + ", \"guest\": \"" + does + "\"}");
    }

    public void fault(String operation, String fault, String error) throws Exception {
        give("{\"operation\": \"" + operation + "\", \"fault\": \"" + fault + "\", \"error\": \"" + error + "\"}");
    }

    /** Waits until it is true; fails after a while. */
    public static void eventually(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("it never came true").isLessThan(end);
            Thread.sleep(20);
        }
    }
}
