package org.jxapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/**
 * Every command with no parameters and with odd ones: each ends with an exit status and words for people. Upstream:
 * exception_handler of ocaml/xapi-cli-server/xapi_cli.ml.
 */
class XeFuzzTest {
    private static final Pattern JAVA = Pattern.compile("(java|javax|jdk|org\\.jxapi)\\.[a-z]|Exception|\\bat org\\.");
    /** These end the daemon, or wait for something that does not happen. */
    private static final Set<String> LEFT_OUT = Set.of("host-shutdown-agent");

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final ThinClient xe = new ThinClient(daemon.socket());

    private record Command(String name, List<String> required, List<String> optional) {}

    private static Stream<Command> commands() throws Exception {
        try (InputStream in = XeFuzzTest.class.getResourceAsStream("/org/jxapi/cli/xapi-commands.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .filter(line -> !line.startsWith("#"))
                            .map(line -> line.split("\\|", -1))
                            .map(part -> new Command(part[0].strip(), words(part[1]), words(part[2])))
                            .filter(command -> !LEFT_OUT.contains(command.name()))
                            .toList()
                            .stream();
        }
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split(" "));
    }

    private static ThinClient.Outcome run(List<String> words) throws Exception {
        ThinClient.Outcome outcome = xe.run(words.toArray(String[]::new));
        String said = outcome.err() + outcome.out();
        // Its output is the stacks of the daemon's threads.
        boolean stacks = words.get(0).equals("host-get-thread-diagnostics");
        assertThat(!stacks && JAVA.matcher(said).find())
                .as(words + " says " + said)
                .isFalse();
        assertThat(outcome.status()).as(words.toString()).isBetween(0, 255);
        if (outcome.status() != 0) {
            assertThat(said).as(words.toString()).isNotBlank();
        }
        return outcome;
    }

    @Test
    void withoutParametersEveryCommandEnds() throws Exception {
        for (Command command : commands().toList()) {
            ThinClient.Outcome outcome = run(List.of(command.name()));
            if (!command.required().isEmpty()) {
                assertThat(outcome.err())
                        .startsWith("Required parameter not found: "
                                + command.required().get(0) + "\n");
                assertThat(outcome.status()).isEqualTo(1);
            }
        }
    }

    @Test
    void withOddValuesEveryCommandEnds() throws Exception {
        for (String value : List.of("x", "", "\0", "\u00fc=,;:'\"\\")) {
            for (Command command : commands().toList()) {
                List<String> words = new ArrayList<>(List.of(command.name()));
                command.required().forEach(name -> words.add(name + "=" + value));
                run(words);
            }
        }
    }

    @Test
    void withAllParametersEveryCommandEnds() throws Exception {
        for (Command command : commands().toList()) {
            List<String> words = new ArrayList<>(List.of(command.name()));
            command.required().forEach(name -> words.add(name + "=1"));
            command.optional().stream()
                    .filter(name -> !name.endsWith(":contains"))
                    .forEach(name -> words.add(name + (name.endsWith(":") ? "key=1" : "=1")));
            run(words);
        }
    }

    /** Parameters that name objects which are there, of the kind that the command is about or of another one. */
    @Test
    void withRealObjectsEveryCommandEnds() throws Exception {
        Map<String, String> uuids = new HashMap<>();
        for (String kind : List.of("host", "sr", "network", "pif", "pool", "template", "sm", "console", "role")) {
            uuids.put(kind, xe.run(kind + "-list", "--minimal").ok().split(",")[0]);
        }
        for (Command command : commands().toList()) {
            uuids.put("vm", xe.run("vm-create", "name-label=fuzzed").ok());
            List<String> words = new ArrayList<>(List.of(command.name()));
            List<String> names = new ArrayList<>(command.required());
            command.optional().stream().filter(name -> name.endsWith("uuid")).forEach(names::add);
            for (String name : names) {
                String kind = name.endsWith("-uuid")
                        ? name.replace("-uuid", "")
                        : command.name().split("-")[0];
                words.add(name + "=" + (name.endsWith("uuid") ? uuids.getOrDefault(kind, uuids.get("vm")) : "1"));
            }
            run(words);
        }
    }

    @Test
    void oddCommandLinesEnd() throws Exception {
        for (String line : List.of(
                "",
                "=",
                "--",
                "-",
                "--minimal",
                "vm-list -x",
                "vm-list --minimal=x",
                "help --all=x",
                "vm-list minimal=perhaps",
                "vm-list --trace",
                "help help",
                "\0",
                "vm-start force=maybe")) {
            ThinClient.Outcome outcome = run(List.of(line.split(" ")));
            assertThat(outcome.status()).as(line).isBetween(0, 1);
        }
    }
}
