package org.jxapi.neighbour.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jxapi.neighbour.syntax.SyntaxException;

/**
 * Configurations with the VMs and reports that they must give: each NAME.cfg or NAME.xml has a NAME.expected. They follow
 * docs/man/xl.cfg.5.pod.in, xl-disk-configuration.5.pod.in and xl-network-configuration.5.pod.in of Xen, the examples of
 * xm, libvirt's schema of domains, and what xen-tools of Debian writes.
 */
class ConfigurationsTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "org", "jxapi", "neighbour", "configs");
    private static final int AN_HOUR_AHEAD = 3600;

    private static List<Path> configurations() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> !file.toString().endsWith(".expected"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void thereAreAtLeastForty() throws IOException {
        assertThat(configurations()).hasSizeGreaterThanOrEqualTo(40);
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void eachGivesItsVmAndItsReport(Path file) throws IOException {
        Path expected = Path.of(file.toString().replaceFirst("\\.[a-z]+$", ".expected"));
        if (Boolean.getBoolean("jxapi.configurations")) {
            Files.writeString(expected, outcome(file));
        }
        assertThat(outcome(file)).isEqualTo(Files.readString(expected));
    }

    private static String outcome(Path file) throws IOException {
        String text = Files.readString(file);
        try {
            GuestPlan plan = file.toString().endsWith(".xml")
                    ? LibvirtGuest.read(text, AN_HOUR_AHEAD)
                    : XlGuest.read(text, AN_HOUR_AHEAD);
            return plan.text() + "\n" + plan.report().text();
        } catch (SyntaxException e) {
            return e.getMessage() + "\n";
        }
    }
}
