package org.jxapi.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.backup.NextStart;
import org.jxapi.certificate.ServerCertificates;
import org.jxapi.session.Passwords;

/** The next start of this daemon, as the settings of the present one foresee it. */
final class OwnStart implements NextStart {
    private static final String NAME = "its settings file jxapid.conf";

    private final Settings settings;

    OwnStart(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Optional<Path> settings() {
        CommandLine line = settings.line();
        return Optional.ofNullable(line == null ? null : line.config());
    }

    /**
     * As {@code --check-config} does. In addition the data folder must stay the same one, because the restored files are in
     * it, and the addresses must be some of this machine.
     */
    @Override
    public void checkSettings(Path file) throws IOException {
        CommandLine line = settings.line();
        if (line == null || line.config() == null) {
            return;
        }
        if (Files.mismatch(file, line.config()) < 0) {
            return;
        }
        Settings next;
        Set<String> keys = new HashSet<>(line.values().keySet());
        try {
            next = Settings.of(line, file);
            keys.addAll(ConfigFile.read(file, Settings.KEYS).values().keySet());
        } catch (WrongSettingException e) {
            throw new IOException(
                    NAME + " cannot be used: " + String.valueOf(e.getMessage()).replace(file.toString(), "jxapid.conf"),
                    e);
        }
        if (!next.dataDir().equals(settings.dataDir())) {
            throw new IOException(NAME + " has the data folder " + next.dataDir() + ", and this jxapid has "
                    + settings.dataDir() + ". Start jxapid with that data folder first");
        }
        List<String> problems = new ArrayList<>();
        SettingFiles.check(next, keys, (key, text) -> problems.add(text));
        address(problems, "http", next.http());
        address(problems, "https", next.https());
        address(problems, "agent", next.agent());
        address(problems, "replication", next.replication());
        if (!problems.isEmpty()) {
            throw new IOException(NAME + " does not fit this machine: " + problems.get(0));
        }
        Path real = line.config().toRealPath();
        Path folder = real.getParent();
        if (folder == null || !Files.isWritable(folder) || !Files.isWritable(real)) {
            throw new IOException("jxapid cannot replace its settings file " + real + " by " + NAME
                    + ". Write the same settings there first");
        }
    }

    private static void address(List<String> problems, String key, @Nullable Endpoint endpoint) throws IOException {
        if (endpoint != null) {
            InetAddress address = InetAddress.getByName(endpoint.address());
            if (!address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) == null) {
                problems.add("--" + key + ": this machine does not have the address " + endpoint.address());
            }
        }
    }

    @Override
    public void checkFolder(Path folder) throws IOException {
        try {
            ServerCertificates.check(folder);
            Path password = Passwords.fileIn(folder);
            if (Files.exists(password)) {
                Passwords.of(password);
            }
        } catch (IOException e) {
            throw new IOException(String.valueOf(e.getMessage()).replace(folder + "/", ""), e);
        }
    }
}
