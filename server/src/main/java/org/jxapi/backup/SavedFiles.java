package org.jxapi.backup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The entries that a backup of a host may have. All but the first and the last are files of the data folder, under the same
 * names. A reader takes no other name, so an archive cannot reach any other file.
 */
final class SavedFiles {
    /** The first entry, which describes the backup. */
    static final String HEAD = "jxapi-host-backup.json";

    /** The database, as the hourly backups have it. */
    static final String DATABASE = "database.zip";

    /** The file that {@code --config} names, wherever it is. */
    static final String SETTINGS = "jxapid.conf";

    /** The last entry: the check sums of all others, in the form of sha256sum. */
    static final String SUMS = "SHA256SUMS";

    private static final long SMALL = 1 << 20;

    /** The files that a restore replaces, or removes when the backup lacks them. */
    private static final List<String> SINGLE =
            List.of("root-password", "certificate.p12", "pool-certificate.p12", "host.properties");

    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    /**
     * The folders that a restore replaces, and the names of their files. Journals of measurements come first: files that
     * are written while a backup is made are newer than the journals then, and a start takes no value twice.
     */
    private static final Map<String, List<Pattern>> FOLDERS = Map.of(
            "blobs", List.of(Pattern.compile(UUID)),
            "rrds", List.of(Pattern.compile("journal-[0-9]{1,15}"), Pattern.compile(UUID + "\\.gz")));

    private SavedFiles() {}

    /** The names in the data folder that a restore replaces. */
    static List<String> parts() {
        List<String> all = new ArrayList<>(SINGLE);
        all.addAll(folders());
        return all;
    }

    /** The folders among them. */
    static List<String> folders() {
        return FOLDERS.keySet().stream().sorted().toList();
    }

    /** The files of a data folder that a backup has in addition to database and settings. */
    static List<String> of(Path data) throws IOException {
        List<String> all = new ArrayList<>();
        for (String name : SINGLE) {
            if (Files.isRegularFile(data.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                all.add(name);
            }
        }
        for (String folder : folders()) {
            for (Pattern pattern : FOLDERS.getOrDefault(folder, List.of())) {
                add(all, data.resolve(folder), pattern);
            }
        }
        return all;
    }

    private static void add(List<String> all, Path folder, Pattern pattern) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (pattern.matcher(name).matches() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    names.add(name);
                }
            }
        }
        names.stream().sorted().forEach(name -> all.add(folder.getFileName() + "/" + name));
    }

    /** Whether an entry between the first and the last may have that name. */
    static boolean known(String name) {
        int slash = name.indexOf('/');
        if (slash < 0) {
            return SINGLE.contains(name) || name.equals(DATABASE) || name.equals(SETTINGS);
        }
        String file = name.substring(slash + 1);
        return FOLDERS.getOrDefault(name.substring(0, slash), List.of()).stream()
                .anyMatch(pattern -> pattern.matcher(file).matches());
    }

    /** The most bytes that an entry may have: a start reads some files into memory. */
    static long largest(String name) {
        return SINGLE.contains(name) || name.equals(SETTINGS) || name.equals(HEAD) ? SMALL : Long.MAX_VALUE;
    }
}
