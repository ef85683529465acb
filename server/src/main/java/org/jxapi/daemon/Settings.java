package org.jxapi.daemon;

import static org.jxapi.daemon.SettingValues.bytes;
import static org.jxapi.daemon.SettingValues.choice;
import static org.jxapi.daemon.SettingValues.count;
import static org.jxapi.daemon.SettingValues.endpoint;
import static org.jxapi.daemon.SettingValues.level;
import static org.jxapi.daemon.SettingValues.names;
import static org.jxapi.daemon.SettingValues.onOff;
import static org.jxapi.daemon.SettingValues.path;
import static org.jxapi.daemon.SettingValues.second;
import static org.jxapi.daemon.SettingValues.seconds;
import static org.jxapi.daemon.SettingValues.seed;
import static org.jxapi.daemon.SettingValues.service;
import static org.jxapi.daemon.SettingValues.socket;
import static org.jxapi.daemon.SettingValues.time;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.audit.AuditSettings;
import org.jxapi.certificate.PemFiles;
import org.jxapi.session.Passwords;
import org.jxapi.smapi.DriverFolder;
import org.jxapi.store.StoreSettings;
import org.jxapi.volume.Mounts;
import org.jxapi.volume.Reach;

/**
 * The settings of jxapid, from its command line and its config file. The command line takes precedence.
 *
 * @param dataDir folder of the database, the certificate, the password and the simulator's state
 * @param http address and port of plain HTTP; null for none
 * @param https address and port of TLS; null for none
 * @param nbd address and port for readers of disks; null for none
 * @param agent address and port for the coordinator, once this host is a member of a pool; null for none
 * @param replication address and port for a copy of the coordinator's database; null for no copies
 * @param answers whether this host, once it is a member, passes clients on to the coordinator instead of sending them there
 * @param unixSocket path of the socket whose peers are trusted as root; null for none
 * @param hypervisor which hypervisor to drive
 * @param rootPasswordFile file whose first line is root's password; null for the data folder's own
 * @param users how local users are checked
 * @param logFile rotating log file, in addition to stderr; null for none
 * @param logLevel the lowest level that is logged
 * @param certificate the host's certificate and its key; null for the ones in the data folder
 * @param hostConsole whether control domains have a text console
 * @param openMetrics whether programs of this host get metrics without a session
 * @param webDir folder whose files replace the web console; null for the console
 * @param maxBody largest body of an RPC request, in bytes
 * @param simulator what only a simulated machine has
 * @param uefiFirmware the image that UEFI guests boot with; null takes the first OvmfXen that is found
 * @param storage where repositories are mounted, and where drivers of others are
 * @param plugins the folder of programs for host.call_plugin
 * @param backups where backups of the database are kept, and how many
 * @param audit where the audit log is, and how much of it is kept
 * @param logins how long sessions live, and how wrong logins are reported
 * @param acceptOlder whether to open a database that is damaged or lacks its newest changes
 * @param line the command line that they come from; null for settings that come from elsewhere
 */
public record Settings(
        Path dataDir,
        @Nullable Endpoint http,
        @Nullable Endpoint https,
        @Nullable Endpoint nbd,
        @Nullable Endpoint agent,
        @Nullable Endpoint replication,
        boolean answers,
        @Nullable Path unixSocket,
        HypervisorChoice hypervisor,
        @Nullable Path rootPasswordFile,
        Users users,
        @Nullable Path logFile,
        LogLevel logLevel,
        @Nullable PemFiles certificate,
        boolean hostConsole,
        boolean openMetrics,
        @Nullable Path webDir,
        long maxBody,
        Simulator simulator,
        @Nullable Path uefiFirmware,
        Storage storage,
        Path plugins,
        Backups backups,
        AuditSettings audit,
        Logins logins,
        boolean acceptOlder,
        @Nullable CommandLine line) {
    /**
     * @param pamService the service of PAM that checks local users, by its name or the path of its file; null for none
     * @param pamSuperusers local users whom it admits as superusers
     */
    public record Users(@Nullable String pamService, Set<String> pamSuperusers) {}

    /**
     * @param delays whether simulated guests take a guest's time to boot and to shut down
     * @param token the file of the token for orders over HTTP
     * @param world the world to begin with, the path of its file or a name; null for an empty one
     * @param seed makes what is random the same in every run; null for real chance
     */
    public record Simulator(
            boolean delays,
            Path token,
            @Nullable String world,
            @Nullable Long seed) {}

    /**
     * @param idle how long a session lives that nobody uses
     * @param alert how often an alert reports wrong logins
     */
    public record Logins(Duration idle, Duration alert) {}

    /**
     * @param folder where they are
     * @param hourly how many of the newest are kept
     * @param daily for how many days the last one of the day is kept
     */
    public record Backups(Path folder, int hourly, int daily) {}

    /**
     * @param folder where repositories are mounted; null for the usual place
     * @param answer how long a server of files, or a driver, may take to answer
     * @param drivers the folder of storage drivers from outside jxapi
     */
    public record Storage(@Nullable Path folder, Duration answer, Path drivers) {}

    /** Repositories are mounted in XenServer's place on a real host, and in the data folder for a simulated one. */
    HostStorage storage(boolean simulated, Reach reach) {
        Path usual = simulated ? dataDir.resolve("sr-mount") : Path.of("/run/sr-mount");
        Path given = storage.folder();
        return new HostStorage(
                new Mounts(given == null ? usual : given, storage.answer()),
                new DriverFolder(storage.drivers(), dataDir.resolve("storage-marks"), storage.answer()),
                reach);
    }

    /** Where the store is. */
    StoreSettings store() {
        return new StoreSettings(dataDir, backups.folder(), acceptOlder);
    }

    /** The file of the token for orders to a simulator. */
    Path simulatorToken() {
        return simulator.token();
    }

    /** The file of root's password. */
    Path passwordFile() {
        return rootPasswordFile == null ? Passwords.fileIn(dataDir) : rootPasswordFile;
    }

    static final String USAGE = """
            Usage: jxapid [OPTION]...
            The XenAPI for this Xen host, or for a simulated one.

              --config FILE              read settings from FILE: key = value lines, the keys being
                                         the options below without their dashes; # begins a comment
              --data-dir DIR             state of the daemon (default /var/lib/jxapi)
              --http ADDR:PORT|off       plain HTTP (default 127.0.0.1:80)
              --https ADDR:PORT|off      TLS (default 0.0.0.0:443)
              --nbd ADDR:PORT|off        disks for readers over NBD, while a network has the purpose
                                         nbd or insecure_nbd (default 0.0.0.0:10809)
              --agent ADDR:PORT|off      where a member of a pool listens for its coordinator; nothing
                                         listens there before pool.join (default 0.0.0.0:8444)
              --replication ADDR:PORT|off
                                         where this host's copy of the pool's database is kept up to
                                         date; with two members that have copies, hosts elect another
                                         coordinator when theirs fails (default off)
              --answers coordinator|members
                                         whether this host, as a member of a pool, sends clients to
                                         the coordinator, or answers them for it (default coordinator)
              --unix-socket PATH|off     socket whose peers are trusted as root (default /var/lib/xcp/xapi)
              --hypervisor auto|libxl|simulator
                                         hypervisor to drive (default auto: Xen where there is one)
              --root-password-file FILE  root's password is the first line of FILE, instead of the
                                         one made at first start in DIR/root-password
              --certificate FILE         the host's certificate and those between it and its authority,
                                         in PEM form; jxapid reads it again when it has changed
                                         (default: one in the data folder)
              --private-key FILE         the key of that certificate, in PEM form
              --pam-service NAME|FILE|off
                                         service of PAM that checks local users (default jxapi, which
                                         admits nobody before the next setting, or external
                                         authentication of type PAM)
              --pam-superusers USER,...  local users who may do everything after PAM admits them
                                         (default none)
              --host-console on|off      the control domain has a text console for users with the role
                                         pool-admin, which asks for a login of this machine (default off)
              --metrics session|loopback who gets the numbers for Prometheus: clients with a session
                                         (default), or programs of this host without one too
              --web-dir DIR              files that / serves in place of the web console
              --log-file FILE            log there too; rotated daily and at 20 MB
              --log-level error|warn|info|debug
                                         lowest level to log (default info); debug adds each
                                         call, and the messages of libxl
              --max-body SIZE            largest RPC request, in bytes or as 512K, 10M, 1G (default 10M)
              --simulator-delays on|off  simulated guests take seconds to boot and shut down (default on)
              --simulator-token-file FILE
                                         the first line of FILE is the token for orders over HTTP
                                         (default: made at first start in DIR/simulator-token)
              --simulator-world FILE     the world that a new data folder begins with: a YAML file, or
                                         laptop, small-office, 64-hosts or 1000-vms (default: a host
                                         without VMs)
              --simulator-seed N         references, UUIDs and chance follow from this number
              --uefi-firmware FILE       firmware of UEFI guests: an OvmfXen (default: the first
                                         that is found; without one such guests do not start)
              --sr-mount-dir DIR         where storage repositories are mounted (default /run/sr-mount,
                                         for the simulator sr-mount in the data folder)
              --storage-timeout TIME     how long a file server or driver may take to answer, in seconds
                                         or as 30s, 5m, 1h (default 30s)
              --storage-driver-dir DIR   drivers of other storage (default /usr/libexec/jxapi/storage)
              --plugin-dir DIR           programs that clients call with host.call_plugin, which jxapid runs
                                         as root (default /etc/xapi.d/plugins)
              --backup-dir DIR           backups of the database (default backup in the data folder)
              --backup-hourly N          keep the N newest hourly backups (default 24)
              --backup-daily N           keep one a day for N days (default 14); with both 0 none is made
              --session-timeout TIME     how long a session lives that nobody uses (default 24h)
              --failed-login-alert TIME  how often an alert reports wrong logins (default 1h)
              --audit-log FILE           who did what (default audit.log in the data folder); rotated
                                         daily and by size
              --audit-log-size SIZE      size at which it is rotated (default 10M)
              --audit-log-days DAYS      how long it is kept (default 90); at most 100 files

            On the command line only:
              --check-config             check the settings and the files that they name, print each
                                         problem, and end; jxapid may be running
              --accept-older-database    start although the database is damaged or lacks its newest
                                         changes, as far as it can be read
              --restore-database [FILE]  put a backup in the place of the database, by default the newest,
                                         and end; jxapid must not be running
              --open-alone               have the next start of a coordinator wait for no host that has a
                                         copy of its database, or votes, and end
              --set-root-password        read a new password of root from the terminal or the first line
                                         of standard input, and end; jxapid may be running
              --help                     this text
              --version                  the version

            Port 0 selects a free port. The line printed when the daemon is ready shows it.
            See jxapid(8).
            """;

    static final Set<String> KEYS = Set.of(
            "data-dir",
            "http",
            "https",
            "nbd",
            "agent",
            "replication",
            "answers",
            "unix-socket",
            "hypervisor",
            "root-password-file",
            "certificate",
            "private-key",
            "pam-service",
            "pam-superusers",
            "host-console",
            "metrics",
            "web-dir",
            "log-file",
            "log-level",
            "max-body",
            "simulator-delays",
            "simulator-token-file",
            "simulator-world",
            "simulator-seed",
            "uefi-firmware",
            "sr-mount-dir",
            "storage-timeout",
            "storage-driver-dir",
            "plugin-dir",
            "backup-dir",
            "backup-hourly",
            "backup-daily",
            "session-timeout",
            "failed-login-alert",
            "audit-log",
            "audit-log-size",
            "audit-log-days");

    /** The time of a session's last use is up to ten minutes old. */
    private static final Duration SHORTEST_SESSION = Duration.ofMinutes(20);

    private static final Duration SHORTEST_ALERT = Duration.ofSeconds(1);

    private static final String DRIVERS = "/usr/libexec/jxapi/storage";

    /**
     * Reads the command line, and the config file that it names.
     *
     * @throws WrongSettingException with one line that says what is wrong
     */
    public static Settings parse(List<String> args) {
        CommandLine line = CommandLine.parse(args, KEYS);
        return of(line, line.config());
    }

    /**
     * The settings of a command line with another config file than the one that it names.
     *
     * @throws WrongSettingException with one line that says what is wrong
     */
    static Settings of(CommandLine line, @Nullable Path config) {
        Map<String, String> values = config == null ? new LinkedHashMap<>() : read(config);
        values.putAll(line.values());
        return of(values, line.acceptOlder(), line);
    }

    private static Map<String, String> read(Path config) {
        ConfigFile file = ConfigFile.read(config, KEYS);
        if (!file.problems().isEmpty()) {
            ConfigFile.Problem first = file.problems().get(0);
            throw new WrongSettingException(first.text() + " (in " + file.place(first.line()) + ")");
        }
        try {
            // Also those that the command line overrides.
            of(file.values(), false);
        } catch (WrongSettingException e) {
            String key = e.key();
            Integer line = key == null ? null : file.lines().get(key);
            throw new WrongSettingException(
                    e.getMessage() + " (in " + (line == null ? config.toString() : file.place(line)) + ")");
        }
        return file.values();
    }

    /** A file that need not be given. */
    private static @Nullable Path file(String key, Map<String, String> values) {
        String value = values.get(key);
        return value == null ? null : path(key, value);
    }

    private static @Nullable PemFiles certificate(Map<String, String> values) {
        Path certificate = file("certificate", values);
        Path key = file("private-key", values);
        if (certificate == null && key == null) {
            return null;
        }
        if (certificate == null || key == null) {
            throw new WrongSettingException("--certificate and --private-key need each other: set both, or none");
        }
        return new PemFiles(certificate, key);
    }

    /** The settings that have these values, and defaults for the rest. */
    static Settings of(Map<String, String> values, boolean acceptOlder) {
        return of(values, acceptOlder, null);
    }

    private static Settings of(Map<String, String> values, boolean acceptOlder, @Nullable CommandLine line) {
        Path dataDir = path("data-dir", values.getOrDefault("data-dir", "/var/lib/jxapi"));
        return new Settings(
                dataDir,
                endpoint("http", values.getOrDefault("http", "127.0.0.1:80")),
                endpoint("https", values.getOrDefault("https", "0.0.0.0:443")),
                endpoint("nbd", values.getOrDefault("nbd", "0.0.0.0:10809")),
                endpoint("agent", values.getOrDefault("agent", "0.0.0.0:8444")),
                endpoint("replication", values.getOrDefault("replication", "off")),
                second("answers", values.getOrDefault("answers", "coordinator"), "coordinator", "members"),
                socket("unix-socket", values.getOrDefault("unix-socket", "/var/lib/xcp/xapi")),
                choice(values.getOrDefault("hypervisor", "auto")),
                file("root-password-file", values),
                new Users(
                        service("pam-service", values.getOrDefault("pam-service", "jxapi")),
                        names("pam-superusers", values.getOrDefault("pam-superusers", ""))),
                file("log-file", values),
                level(values.getOrDefault("log-level", "info")),
                certificate(values),
                onOff("host-console", values.getOrDefault("host-console", "off")),
                second("metrics", values.getOrDefault("metrics", "session"), "session", "loopback"),
                file("web-dir", values),
                bytes("max-body", values.getOrDefault("max-body", "10M")),
                new Simulator(
                        onOff("simulator-delays", values.getOrDefault("simulator-delays", "on")),
                        path(
                                "simulator-token-file",
                                values.getOrDefault("simulator-token-file", dataDir + "/simulator-token")),
                        values.get("simulator-world"),
                        seed("simulator-seed", values.get("simulator-seed"))),
                file("uefi-firmware", values),
                new Storage(
                        file("sr-mount-dir", values),
                        Duration.ofSeconds(seconds("storage-timeout", values.getOrDefault("storage-timeout", "30s"))),
                        path("storage-driver-dir", values.getOrDefault("storage-driver-dir", DRIVERS))),
                path("plugin-dir", values.getOrDefault("plugin-dir", "/etc/xapi.d/plugins")),
                new Backups(
                        path("backup-dir", values.getOrDefault("backup-dir", dataDir + "/backup")),
                        count("backup-hourly", values.getOrDefault("backup-hourly", "24")),
                        count("backup-daily", values.getOrDefault("backup-daily", "14"))),
                new AuditSettings(
                        path("audit-log", values.getOrDefault("audit-log", dataDir + "/audit.log")),
                        bytes("audit-log-size", values.getOrDefault("audit-log-size", "10M")),
                        count("audit-log-days", values.getOrDefault("audit-log-days", "90"))),
                new Logins(
                        time("session-timeout", values.getOrDefault("session-timeout", "24h"), SHORTEST_SESSION),
                        time("failed-login-alert", values.getOrDefault("failed-login-alert", "1h"), SHORTEST_ALERT)),
                acceptOlder,
                line);
    }
}
