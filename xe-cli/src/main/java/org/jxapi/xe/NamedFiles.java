package org.jxapi.xe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The files and URLs that the command line names: the only ones that a server gets, or may write. */
final class NamedFiles {
    private final Set<Path> named = new HashSet<>();
    private final Set<String> urls = new HashSet<>();

    /** Takes the values of arguments, after their equals signs. */
    NamedFiles(List<String> args) {
        for (String arg : args) {
            int equals = arg.indexOf('=');
            String value = equals < 0 ? "" : arg.substring(equals + 1).strip();
            if (Source.url(value)) {
                urls.add(value);
            } else if (!value.isEmpty() && value.indexOf('\0') < 0) {
                named.add(canonical(value));
            }
        }
    }

    private static Path canonical(String name) {
        return Path.of(name).toAbsolutePath().normalize();
    }

    /**
     * The new file of that name: one that is named, one in the current folder, as XAPI's own client allows too, or a named
     * one with a number behind it, which vm-export makes for the second VM and all further ones.
     */
    Path permittedNew(String name) throws ClientException {
        if (name.indexOf('\0') < 0) {
            Path file = canonical(name);
            String number = file.toString();
            int end = number.length();
            while (end > 0 && Character.isDigit(number.charAt(end - 1))) {
                end--;
            }
            if (canonical("").equals(file.getParent()) || named.contains(Path.of(number.substring(0, end)))) {
                return Path.of(name);
            }
        }
        return permitted(name);
    }

    /** Opens the file or the URL of that name. */
    Source open(String name) throws IOException {
        if (!Source.url(name)) {
            Path file = permitted(name);
            return Files.isDirectory(file) ? Source.folder(file) : Source.file(file);
        }
        if (!urls.contains(name)) {
            throw new ClientException(
                    "URL not permitted: the server asked for " + name + ", but the command line does not name it.");
        }
        return Source.download(name);
    }

    /** The file of that name. */
    Path permitted(String name) throws ClientException {
        if (name.indexOf('\0') >= 0 || !named.contains(canonical(name))) {
            throw new ClientException(
                    "File not permitted: the server asked for " + name + ", but the command line does not name it.");
        }
        return Path.of(name);
    }
}
