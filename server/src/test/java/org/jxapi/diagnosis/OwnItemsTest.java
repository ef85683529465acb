package org.jxapi.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.host.StatusItems;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;

/** The items that a host gives to the coordinator. */
class OwnItemsTest {
    private static final String SECRET = "known-to-this-host-alone";

    @TempDir
    Path folder;

    private SimulatedHypervisor xen;

    @BeforeEach
    void open() throws Exception {
        xen = SimulatedHypervisor.open(folder.resolve("simulator"), SimulatorSettings.INSTANT);
    }

    @AfterEach
    void close() {
        xen.close();
    }

    private OwnItems items(Path... logs) {
        return new OwnItems(
                xen,
                new HostFiles(
                        false, "jxapid 1", () -> "x=1", () -> List.of(SECRET), () -> List.of(logs), () -> "newest"));
    }

    private static List<String> logs(OwnItems items) {
        return items.parts().stream()
                .filter(part -> part.key().equals(StatusItems.LOGS))
                .flatMap(part -> part.items().stream())
                .filter(name -> !name.endsWith("journal.log"))
                .toList();
    }

    private static String text(OwnItems items, String name) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        items.write(name, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void secretsThatTheHostKnowsStayThere() throws Exception {
        Path log = Files.writeString(folder.resolve("jxapid.log"), "first\n\nsecond " + SECRET + " ü\nlast");
        OwnItems items = items(log);
        assertThat(logs(items)).containsExactly("logs/jxapid.log", "logs/recent.log");
        assertThat(text(items, "logs/jxapid.log")).isEqualTo("first\n\nsecond (hidden) ü\nlast\n");
        assertThat(text(items, "jxapid/settings.txt")).isEqualTo("x=1\n");
    }

    @Test
    void eachLogHasANameThatFits() {
        OwnItems items = items(folder.resolve("a b\n.log"), folder.resolve("x".repeat(100) + ".log.gz"));
        assertThat(logs(items).get(0)).isEqualTo("logs/a_b_.log");
        assertThat(logs(items).get(1)).hasSize(StatusItems.Part.LONGEST_NAME).endsWith("xxx.log");
    }

    @Test
    void anItemThatIsNotWholeHasAReasonWithoutSecrets() {
        Path gone = folder.resolve("gone.log");
        OwnItems items = items(gone);
        assertThatThrownBy(() -> text(items, "logs/gone.log"))
                .isInstanceOf(IOException.class)
                .hasMessage("No such file or directory")
                .hasNoCause();
        assertThatThrownBy(() -> text(items, "/etc/passwd"))
                .isInstanceOf(IOException.class)
                .hasMessage("The host does not have it any more.");
        OwnItems broken = new OwnItems(
                xen,
                new HostFiles(
                        false,
                        "",
                        () -> {
                            throw new IllegalStateException("the setting " + SECRET + " is wrong");
                        },
                        () -> List.of(SECRET),
                        List::of,
                        () -> ""));
        assertThatThrownBy(() -> text(broken, "jxapid/settings.txt"))
                .isInstanceOf(IOException.class)
                .hasMessage("the setting (hidden) is wrong");
    }

    @Test
    void anItemThatIsTooLongEndsWithTheReason() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OwnItems items = new OwnItems(
                xen, new HostFiles(false, "", () -> "0123456789\n".repeat(1_000_000), List::of, List::of, () -> ""));
        assertThatThrownBy(() -> items.write("jxapid/settings.txt", out))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("The rest is left out");
        assertThat(out.size()).isBetween((8 << 20) - 11, 8 << 20);
    }
}
