package org.jxapi.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.thin.CommandLine;

/** The words of xe help. */
class HelpTextsTest {
    private static final CommandTable TABLE = AllCommands.table();

    private static boolean generic(Command command) {
        return RecordKinds.all().stream()
                .anyMatch(kind -> command.name().equals(kind.name() + "-list")
                        || command.name().startsWith(kind.name() + "-param-"));
    }

    @Test
    void everyCommandSaysInASentenceWhatItDoes() {
        assertThat(TABLE.commands()).allSatisfy(command -> {
            assertThat(command.help()).as(command.name()).matches("[A-Z].{14,}\\.");
            // Words about another command, or the name once more, explain nothing.
            assertThat(command.help())
                    .as(command.name())
                    .doesNotContainPattern("^(Ends|As) [a-z]+-")
                    .doesNotStartWith("For a")
                    .doesNotContain("without the pool: ");
        });
    }

    @Test
    void everyParameterIsExplained() {
        List<String> missing = new ArrayList<>();
        for (Command command : TABLE.commands()) {
            List<String> parameters = new ArrayList<>(command.required());
            parameters.addAll(Help.optional(command));
            for (String parameter : generic(command) ? List.<String>of() : parameters) {
                if (ParameterTexts.of(command.name(), parameter).isEmpty()) {
                    missing.add(command.name() + " " + parameter);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void noWordsAreAboutParametersThatDoNotExist() {
        Set<String> names = new HashSet<>();
        Map<String, Map<String, ParameterTexts.Text>> all = ParameterTexts.all();
        for (Command command : TABLE.commands()) {
            Set<String> own = new HashSet<>();
            command.required().forEach(own::add);
            Help.optional(command).forEach(p -> own.add(p.endsWith(":") ? p.substring(0, p.length() - 1) : p));
            names.addAll(own);
            assertThat(own)
                    .as(command.name())
                    .containsAll(all.getOrDefault(command.name(), Map.of()).keySet());
        }
        assertThat(names).containsAll(all.get("").keySet());
        assertThat(all.keySet())
                .allMatch(name -> name.isEmpty() || TABLE.find(name).isPresent());
    }

    @Test
    void examplesAreCommandsWithTheirParameters() {
        int examples = 0;
        for (Command command : TABLE.commands()) {
            for (String example : ParameterTexts.examples(command.name())) {
                examples++;
                List<String> words = new ArrayList<>(
                        List.of(example.replaceAll("\"[^\"]*\"", "x").split(" ")));
                assertThat(words.remove(0)).isEqualTo("xe");
                CommandLine line = CommandLine.parse(words);
                assertThat(line.command()).isEqualTo(command.name());
                Parameters.check(command, line);
                Set<String> known = new HashSet<>(CommandLine.STANDARD);
                known.addAll(command.required());
                Help.optional(command).forEach(p -> known.add(p.endsWith(":") ? p.substring(0, p.length() - 1) : p));
                if (known.contains("<vm-selectors>") || command.name().equals("event-wait")) {
                    known.addAll(List.of("vm", "name-label", "power-state"));
                }
                known.add("param-key");
                assertThat(line.params()).as(example).allMatch(param -> known.contains(param.stem()));
            }
        }
        assertThat(examples).isGreaterThan(30);
    }
}
