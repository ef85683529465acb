package org.jxapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.jxapi.repository.Repository;

/** Each class of rules has a test in its package that starts no daemon: a rule is quick to try. */
class RulesTestedTest {
    private static final Path MAIN = Path.of("server", "src", "main", "java");
    private static final Path TEST = Path.of("server", "src", "test", "java");
    private static final Pattern DAEMON = Pattern.compile("\\b(?:DaemonProcess|RunningDaemon|TestDaemon)\\b");

    /** Classes whose work is mostly checks, in addition to those that are called rules. */
    private static final Set<String> CHECKS =
            Set.of("Attachment", "Hotplug", "Networks", "VifTrunks", "Vlans", "VmBoot", "VmConstraints");

    @Test
    void rulesAreTestedWithoutAProcess() throws IOException {
        List<Path> files = Repository.files(".java");
        Set<String> rules = new TreeSet<>();
        Set<String> untested = new TreeSet<>();
        for (Path file : files) {
            if (file.startsWith(MAIN) && hasRules(file)) {
                String name = name(file);
                rules.add(name);
                if (!isTested(name, TEST.resolve(MAIN.relativize(file.getParent())), files)) {
                    untested.add(name);
                }
            }
        }
        assertThat(rules).containsAll(CHECKS).contains("VmRules", "VdiRules");
        assertThat(untested)
                .as("give each of these classes a test in its package that starts no daemon")
                .isEmpty();
    }

    private static boolean hasRules(Path file) {
        return name(file).endsWith("Rules") || CHECKS.contains(name(file));
    }

    private static boolean isTested(String rules, Path folder, List<Path> files) throws IOException {
        Pattern use = Pattern.compile("\\b" + rules + "\\b");
        for (Path test : files) {
            if (folder.equals(test.getParent())) {
                String text = Repository.text(test);
                if (use.matcher(text).find() && !DAEMON.matcher(text).find()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".java", "");
    }
}
