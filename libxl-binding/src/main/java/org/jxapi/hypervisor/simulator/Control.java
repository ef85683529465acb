package org.jxapi.hypervisor.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets people and tests move a simulated machine while a daemon uses it: each {@code *.json} file in the folder {@code
 * control} is an order, and is deleted when it is carried out. An order that makes no sense becomes
 * {@code *.refused}, with the reason at its end.
 *
 * <ul>
 *   <li>{@code {"domain": 3, "guest": "power-off"}}: a guest does something on its own: {@code power-off}, {@code reboot},
 *       {@code crash}, {@code hang} or {@code unload-drivers};
 *   <li>{@code {"domain": 3, "xenstore": {"attr/vif/0/ipv4/0": "10.0.0.7"}}}: a guest's agent writes, or removes with
 *       {@code null}, where xenstore lets it;
 *   <li>{@code {"domain": 3, "clock": 3600}}: a guest sets its emulated clock, so many seconds from the host's;
 *   <li>{@code {"operation": "create", "fault": "fail", "error": "NOMEM"}}: the next call of that operation goes wrong:
 *       {@code fail} at once, {@code die} midway, {@code hang} until {@code {"release": "create"}}.
 * </ul>
 */
final class Control {
    private static final Logger LOG = LoggerFactory.getLogger(Control.class);
    private static final Duration PACE = Duration.ofMillis(50);

    private final World world;
    private final Path folder;

    Control(World world, Path folder) {
        this.world = world;
        this.folder = folder;
    }

    void follow() {
        world.after(PACE, () -> {
            try {
                look();
            } finally {
                follow();
            }
        });
    }

    private void look() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> orders = Files.newDirectoryStream(folder, "*.json")) {
            for (Path order : orders) {
                carryOut(order);
            }
        } catch (IOException e) {
            LOG.warn("The simulator's orders cannot be read: {}", e.getMessage());
        }
    }

    private void carryOut(Path order) throws IOException {
        try {
            obey(World.JSON.readTree(order.toFile()));
            Files.deleteIfExists(order);
        } catch (IOException | IllegalArgumentException | HypervisorException e) {
            LOG.warn("The simulator refuses {}: {}", order.getFileName(), e.getMessage());
            refuse(order, String.valueOf(e.getMessage()));
        }
    }

    /** The order stays beside the others, with the reason below it. */
    private static void refuse(Path order, String reason) throws IOException {
        Files.writeString(order, "\n" + reason + "\n", StandardOpenOption.APPEND);
        Files.move(order, order.resolveSibling(order.getFileName() + ".refused"));
    }

    private void obey(JsonNode order) {
        if (order.has("guest")) {
            Guest guest = new Guest(world, domain(order));
            switch (order.get("guest").asText()) {
                case "power-off" -> guest.powerOff();
                case "reboot" -> guest.reboot();
                case "crash" -> guest.crash();
                case "hang" -> guest.hang();
                case "unload-drivers" -> guest.unloadDrivers();
                default -> throw new IllegalArgumentException("no guest does this: " + order.get("guest"));
            }
        } else if (order.has("xenstore")) {
            Map<String, String> keys = new LinkedHashMap<>();
            order.get("xenstore").fields().forEachRemaining(entry -> {
                JsonNode value = entry.getValue();
                keys.put(entry.getKey(), value.isNull() ? null : value.asText());
            });
            new Guest(world, domain(order)).tell(keys);
        } else if (order.has("clock")) {
            new Guest(world, domain(order)).setClock(order.get("clock").asLong());
        } else if (order.has("release")) {
            world.faults.release(order.get("release").asText());
        } else if (order.has("fault")) {
            world.faults.inject(order.path("operation").asText(), fault(order));
        } else {
            throw new IllegalArgumentException("nothing is ordered");
        }
    }

    private int domain(JsonNode order) {
        int domid = order.path("domain").asInt(-1);
        world.domain(domid);
        return domid;
    }

    private static Faults.Fault fault(JsonNode order) {
        LibxlError error = LibxlError.valueOf(order.path("error").asText("FAIL").toUpperCase(Locale.ROOT));
        return switch (order.get("fault").asText()) {
            case "fail" -> new Faults.Fault.Fail(error);
            case "die" -> new Faults.Fault.Die(error);
            case "hang" -> new Faults.Fault.Hang(new CountDownLatch(1));
            default -> throw new IllegalArgumentException("no such fault: " + order.get("fault"));
        };
    }
}
