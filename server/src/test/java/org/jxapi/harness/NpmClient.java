package org.jxapi.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Xen Orchestra's client from npm. */
public final class NpmClient {
    private static final Path NPM = Path.of("target", "npm-client");

    private NpmClient() {}

    /** Has it take a VM through its life; the test is passed over where the client cannot be installed. */
    public static Program.Ran life(String url, String password, String transport) throws Exception {
        installed();
        return Program.run(NPM, "node", "life.mjs", url, password, transport);
    }

    /** Installs the client once for a lock file, from the registry that npm is set up for. */
    private static void installed() throws Exception {
        Program.needs("node");
        Program.needs("npm");
        Path sources = Path.of("src", "test", "npm");
        Path lock = NPM.resolve("package-lock.json");
        boolean fresh = Files.exists(NPM.resolve("node_modules"))
                && Files.exists(lock)
                && Files.mismatch(lock, sources.resolve("package-lock.json")) < 0;
        Files.createDirectories(NPM);
        for (String file : List.of("package.json", "package-lock.json", ".npmrc", "life.mjs")) {
            Files.copy(sources.resolve(file), NPM.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!fresh) {
            Program.Ran npm = Program.run(NPM, "npm", "ci");
            Program.assumed(npm.status() == 0, "npm cannot install the client: " + npm.output());
        }
    }
}
