package org.jxapi.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.jxapi.GeneratedFile;

class CommandReferenceTest {
    /** The parameters that commands of XAPI have here and not there. */
    private static final Map<String, List<String>> OUR_PARAMETERS = Map.of(
            "network-create", List.of("nat"),
            "vm-install", CloudImage.PARAMETERS,
            "vm-export", List.of("format", "progress"),
            "vm-import", List.of("disks", "network-map:", "progress"),
            "template-export", List.of("progress"),
            "snapshot-export-to-template", List.of("progress"));

    /** The commands that XAPI does not have. Their help says so. */
    private static final Set<String> OUR_COMMANDS =
            Set.of("image-list", "pool-status", "token-create", "token-list", "token-revoke", "vm-adopt", "vm-release");

    /** A line of xapi-commands.txt. */
    private record Reference(String name, List<String> required, List<String> optional, Set<String> flags) {
        static Reference of(String line) {
            String[] parts = line.split("\\|", -1);
            return new Reference(parts[0].strip(), words(parts[1]), words(parts[2]), new HashSet<>(words(parts[3])));
        }

        private static List<String> words(String text) {
            return text.isBlank() ? List.of() : List.of(text.strip().split(" "));
        }
    }

    private static Stream<Reference> references() throws Exception {
        try (InputStream in = CommandReferenceTest.class.getResourceAsStream("/org/jxapi/cli/xapi-commands.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines().filter(line -> !line.startsWith("#")).map(Reference::of).toList().stream();
        }
    }

    @Test
    @Tag("generated")
    void theDocumentSaysWhatTheTableSays() throws Exception {
        new GeneratedFile("docs/cli.md").mustHold(CommandReference.text());
    }

    /** Upstream: cmdtable_data and the generated commands of ocaml/xapi-cli-server/cli_frontend.ml. */
    @Test
    void theCommandsAreThoseOfXapi() throws Exception {
        assertThat(AllCommands.table().commands())
                .filteredOn(command -> !OUR_COMMANDS.contains(command.name()))
                .extracting(Command::name)
                .containsExactlyInAnyOrderElementsOf(
                        references().map(Reference::name).toList());
    }

    @Test
    void commandsOfOurOwnSaySo() {
        assertThat(AllCommands.table().commands())
                .filteredOn(command -> command.help().contains("jxapi's own command"))
                .extracting(Command::name)
                .containsExactlyInAnyOrderElementsOf(OUR_COMMANDS);
    }

    @Test
    void everyCommandTakesTheParametersThatItTakesInXapi() throws Exception {
        CommandTable table = AllCommands.table();
        List<String> different = new ArrayList<>();
        references()
                .forEach(reference -> table.find(reference.name()).ifPresent(command -> {
                    List<String> optional = new ArrayList<>(command.optional());
                    for (String own : OUR_PARAMETERS.getOrDefault(command.name(), List.of())) {
                        assertThat(optional.remove(own)).as(own).isTrue();
                    }
                    Reference ours = new Reference(
                            command.name(),
                            command.required(),
                            optional,
                            new HashSet<>(
                                    command.flags().stream().map(Enum::name).toList()));
                    if (!ours.equals(reference)) {
                        different.add("\nXAPI " + reference + "\nhere " + ours);
                    }
                }));
        assertThat(different).isEmpty();
    }

    @Test
    void everyCommandSaysWhatItDoes() {
        assertThat(AllCommands.table().commands())
                .allSatisfy(
                        command -> assertThat(command.help()).as(command.name()).endsWith("."));
    }
}
