package org.jxapi.diagnosis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jxapi.host.StatusItems;

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
    private static final String LOGS = "logs/";

    /** The log. Under systemd the journal has it, and after a crash only the journal. */
    List<Item> logs() {
        List<Item> items = new ArrayList<>();
        for (Path file : logFiles.get()) {
            String name = file.getFileName().toString();
            items.add(Item.file(LOGS + plain(name), file, RedactedLines.LARGEST / 2));
        }
        items.add(Item.text(LOGS + "recent.log", recent::get));
        if (System.getenv("JOURNAL_STREAM") != null) {
            items.add(Item.output(
                    LOGS + "journal.log",
                    "journalctl",
                    "-u",
                    "jxapid",
                    "-n",
                    "20000",
                    "-o",
                    "short-iso",
                    "--no-pager"));
        }
        return items;
    }

    /** The name of a log file in the report: unpacked, and such that it fits there. */
    private static String plain(String name) {
        String plain =
                (name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name).replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.substring(Math.max(0, plain.length() - (StatusItems.Part.LONGEST_NAME - LOGS.length())));
    }
}
