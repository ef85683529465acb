package org.jxapi.hypervisor.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.HypervisorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets people and tests move a simulated machine while a daemon uses it: each {@code *.json} file in the folder {@code
 * control} is an {@link SimulatorOrder}, and is deleted when it is carried out. One that cannot be becomes {@code *.refused}, which
 * also says why.
 */
final class SimulatorOrders {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatorOrders.class);
    private static final Duration PACE = Duration.ofMillis(50);
    private static final long LONGEST = 1 << 16;

    private final SimulatorState state;
    private final Domains domains;
    private final Path folder;
    /** Orders that can be neither deleted nor renamed; they are carried out once. */
    private final Set<Path> stuck = new HashSet<>();

    SimulatorOrders(SimulatorState state, Domains domains, Path folder) {
        this.state = state;
        this.domains = domains;
        this.folder = folder;
    }

    void follow() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            LOG.warn("Simulator orders: disabled, because {} cannot be created: {}", folder, e.getMessage());
        }
        lookLater();
    }

    private void lookLater() {
        state.after(PACE, () -> {
            try {
                look();
            } finally {
                lookLater();
            }
        });
    }

    private void look() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (DirectoryStream<Path> orders = Files.newDirectoryStream(folder, "*.json")) {
            for (Path order : orders) {
                if (!stuck.contains(order)) {
                    carryOut(order);
                }
            }
        } catch (IOException e) {
            LOG.warn("Simulator orders: cannot be read: {}", e.getMessage());
        }
    }

    private void carryOut(Path file) {
        String text = "";
        String refusal = null;
        try {
            text = read(file);
            SimulatorOrder.of(text).obey(state, domains);
        } catch (IOException | IllegalArgumentException | HypervisorException e) {
            refusal = String.valueOf(e.getMessage());
            LOG.warn("Simulator order {}: refused: {}", file.getFileName(), refusal);
        }
        try {
            if (refusal != null) {
                refuse(file, text, refusal);
            }
            Files.deleteIfExists(file);
        } catch (IOException e) {
            stuck.add(file);
            LOG.warn("Simulator order {}: cannot be deleted or renamed: {}", file, e.getMessage());
        }
    }

    private static String read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("it is not a file");
        }
        if (Files.size(file) > LONGEST) {
            throw new IOException("it is longer than " + LONGEST + " bytes");
        }
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    /** Writes the refusal before it removes the order, so that a client that waits for the removal finds it. */
    private static void refuse(Path file, String text, String why) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Path refused = file.resolveSibling(file.getFileName() + ".refused");
        Files.writeString(fresh, "refused: " + why + "\n" + text);
        Files.move(fresh, refused, StandardCopyOption.ATOMIC_MOVE);
    }
}
