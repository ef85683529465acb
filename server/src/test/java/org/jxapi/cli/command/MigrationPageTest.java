package org.jxapi.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commands of docs/migrate-from.md are commands of xe, with parameters that these have. */
class MigrationPageTest {
    private static final List<String> OF_THE_CLIENT = List.of("-s", "-u");

    private static List<String> lines() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("..", "docs", "migrate-from.md"))) {
            return lines.filter(line -> line.startsWith("    xe ")).toList();
        }
    }

    private static boolean takes(Command command, String parameter) {
        if (!command.flags().isEmpty() && command.flags().contains(Command.Flag.VM_SELECTORS)
                || command.name().endsWith("-list")) {
            // They choose objects by any of their fields.
            return true;
        }
        List<String> all = new ArrayList<>(command.required());
        all.addAll(command.optional());
        return all.stream().anyMatch(one -> one.equals(parameter) || one.endsWith(":") && parameter.startsWith(one));
    }

    @Test
    void everyCommandOfThePageIsThere() throws IOException {
        assertThat(lines()).hasSizeGreaterThan(15).allSatisfy(line -> {
            List<String> words = new ArrayList<>(List.of(line.strip().split(" +")));
            words.remove(0);
            while (OF_THE_CLIENT.contains(words.get(0))) {
                words.subList(0, 2).clear();
            }
            Command command = AllCommands.table().find(words.remove(0)).orElseThrow();
            assertThat(words).allMatch(word -> takes(command, word.replaceFirst("=.*", "")));
        });
    }
}
