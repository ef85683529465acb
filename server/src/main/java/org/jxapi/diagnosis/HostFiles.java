package org.jxapi.diagnosis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The daemon's own files and facts, as a report has them.
 *
 * @param realXen whether there is a real Xen, whose tools can be asked
 * @param versions the versions of jxapid and Java, a line each
 * @param settings the settings that are in force, a line each
 * @param passwords those that are not in the database
 * @param logFiles the log file and those that it was before; none when the log goes to stderr only
 * @param recent the newest lines of the log
 */
public record HostFiles(
        boolean realXen,
        String versions,
        Supplier<String> settings,
        Supplier<List<String>> passwords,
        Supplier<List<Path>> logFiles,
        Supplier<String> recent) {

    /** The log. Under systemd the journal has it, and after a crash only the journal. */
    List<Item> logs() {
        List<Item> items = new ArrayList<>();
        for (Path file : logFiles.get()) {
            String name = file.getFileName().toString();
            String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
            items.add(Item.file("logs/" + plain, file, ItemFile.LARGEST / 2));
        }
        items.add(Item.text("logs/recent.log", recent::get));
        if (System.getenv("JOURNAL_STREAM") != null) {
            items.add(Item.output(
                    "logs/journal.log", "journalctl", "-u", "jxapid", "-n", "20000", "-o", "short-iso", "--no-pager"));
        }
        return items;
    }
}
