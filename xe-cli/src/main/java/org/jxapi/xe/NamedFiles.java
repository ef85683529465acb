package org.jxapi.xe;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The files that the command line names: the only ones that a server gets, or may write. */
final class NamedFiles {
    private final Set<Path> named = new HashSet<>();

    /** Those that stand behind an equals sign. */
    NamedFiles(List<String> args) {
        for (String arg : args) {
            int equals = arg.indexOf('=');
            String value = equals < 0 ? "" : arg.substring(equals + 1).strip();
            if (!value.isEmpty() && value.indexOf('\0') < 0) {
                named.add(canonical(value));
            }
        }
    }

    private static Path canonical(String name) {
        return Path.of(name).toAbsolutePath().normalize();
    }

    /** The file of that name. */
    Path permitted(String name) throws ClientException {
        if (name.indexOf('\0') >= 0 || !named.contains(canonical(name))) {
            throw new ClientException(
                    "File not permitted: the server asked for " + name + ", which the command line does not name.");
        }
        return Path.of(name);
    }
}
