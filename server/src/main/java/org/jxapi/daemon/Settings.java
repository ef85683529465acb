package org.jxapi.daemon;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * What jxapid is told on its command line and in its config file; the command line wins.
 *
 * @param dataDir folder of the database, the certificate, the password and the simulator's world
 * @param http address and port of plain HTTP; null for none
 * @param https address and port of TLS; null for none
 * @param unixSocket path of the socket whose peers are trusted as root; null for none
 * @param hypervisor which hypervisor to drive
 * @param rootPasswordFile file whose first line is root's password; null for the data folder's own
 * @param logFile rotating log file beside stderr; null for none
 * @param logLevel the least that is logged
 * @param maxBody largest body of an RPC request, in bytes
 * @param simulatorDelays whether simulated guests take a guest's time to boot and to shut down
 * @param uefiFirmware the image that UEFI guests boot with; null takes the first OvmfXen that is found
 */
public record Settings(
        Path dataDir,
        Endpoint http,
        Endpoint https,
        Path unixSocket,
        HypervisorChoice hypervisor,
        Path rootPasswordFile,
        Path logFile,
        LogLevel logLevel,
        long maxBody,
        boolean simulatorDelays,
        Path uefiFirmware) {

    /** Where to listen; port 0 takes a free one. */
    public record Endpoint(String address, int port) {}

    public enum HypervisorChoice {
        AUTO,
        LIBXL,
        SIMULATOR
    }

    /** Debug adds each call, and all that libxl says of its work. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    static final String USAGE = """
            Usage: jxapid [OPTION]...
            The XenAPI for this Xen host, or for a simulated one.

              --config FILE              read settings from FILE: key = value lines, the keys being
                                         the options below without their dashes
              --data-dir DIR             state of the daemon (default /var/lib/jxapi)
              --http ADDR:PORT|off       plain HTTP (default 127.0.0.1:80)
              --https ADDR:PORT|off      TLS (default 0.0.0.0:443)
              --unix-socket PATH|off     socket whose peers are trusted as root (default /var/lib/xcp/xapi)
              --hypervisor auto|libxl|simulator
                                         what to drive (default auto: Xen where there is one)
              --root-password-file FILE  root's password is the first line of FILE, instead of the
                                         one made at first start in DIR/root-password
              --log-file FILE            log there too; rotated daily and at 20 MB
              --log-level error|warn|info|debug
                                         the least that is logged (default info); debug tells each
                                         call, and what libxl does
              --max-body BYTES           largest RPC request (default 10485760)
              --simulator-delays on|off  simulated guests take seconds to boot and shut down (default on)
              --uefi-firmware FILE       what UEFI guests boot with: an OvmfXen (default: the first
                                         that is found; without one such guests do not start)
              --help                     this text
              --version                  the version

            Port 0 takes a free port; the line printed when the daemon is ready tells which.
            See jxapid(8).
            """;

    private static final Set<String> KEYS = Set.of(
            "data-dir",
            "http",
            "https",
            "unix-socket",
            "hypervisor",
            "root-password-file",
            "log-file",
            "log-level",
            "max-body",
            "simulator-delays",
            "uefi-firmware");

    /**
     * Reads the command line, and the config file that it names.
     *
     * @throws UsageException with one line that says what is wrong
     */
    public static Settings parse(List<String> args) {
        Map<String, String> given = new LinkedHashMap<>();
        Path config = null;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            int equals = arg.indexOf('=');
            String key = arg.startsWith("--") ? arg.substring(2, equals < 0 ? arg.length() : equals) : "";
            if (!key.equals("config") && !KEYS.contains(key)) {
                throw new UsageException("unknown option: " + arg + " (see jxapid --help)");
            }
            String value;
            if (equals >= 0) {
                value = arg.substring(equals + 1);
            } else if (++i < args.size()) {
                value = args.get(i);
            } else {
                throw new UsageException(arg + " needs a value (see jxapid --help)");
            }
            if (key.equals("config")) {
                config = Path.of(value);
            } else {
                given.put(key, value);
            }
        }
        Map<String, String> values = config == null ? new LinkedHashMap<>() : read(config);
        values.putAll(given);
        return of(values);
    }

    private static Map<String, String> read(Path config) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(config)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new UsageException("config file not found: " + config);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new UsageException("config file is not text of key = value lines: " + config);
        } catch (IOException e) {
            throw new UsageException("cannot read config file " + config + ": " + e.getMessage());
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String key : properties.stringPropertyNames()) {
            if (!KEYS.contains(key)) {
                throw new UsageException("unknown key in " + config + ": " + key);
            }
            values.put(key, properties.getProperty(key).strip());
        }
        return values;
    }

    private static Settings of(Map<String, String> values) {
        return new Settings(
                path("data-dir", values.getOrDefault("data-dir", "/var/lib/jxapi")),
                endpoint("http", values.getOrDefault("http", "127.0.0.1:80")),
                endpoint("https", values.getOrDefault("https", "0.0.0.0:443")),
                off(values.getOrDefault("unix-socket", "/var/lib/xcp/xapi"))
                        ? null
                        : path("unix-socket", values.getOrDefault("unix-socket", "/var/lib/xcp/xapi")),
                choice(values.getOrDefault("hypervisor", "auto")),
                values.containsKey("root-password-file")
                        ? path("root-password-file", values.get("root-password-file"))
                        : null,
                values.containsKey("log-file") ? path("log-file", values.get("log-file")) : null,
                level(values.getOrDefault("log-level", "info")),
                bytes("max-body", values.getOrDefault("max-body", "10485760")),
                onOff("simulator-delays", values.getOrDefault("simulator-delays", "on")),
                values.containsKey("uefi-firmware") ? path("uefi-firmware", values.get("uefi-firmware")) : null);
    }

    private static boolean off(String value) {
        return value.equals("off");
    }

    private static Path path(String key, String value) {
        if (value.isEmpty()) {
            throw new UsageException("--" + key + " needs a path");
        }
        return Path.of(value).toAbsolutePath().normalize();
    }

    private static Endpoint endpoint(String key, String value) {
        if (off(value)) {
            return null;
        }
        int colon = value.lastIndexOf(':');
        try {
            int port = Integer.parseInt(value.substring(colon + 1));
            if (colon > 0 && port >= 0 && port <= 65535) {
                String address = value.substring(0, colon);
                return new Endpoint(
                        address.startsWith("[") && address.endsWith("]")
                                ? address.substring(1, address.length() - 1)
                                : address,
                        port);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UsageException("--" + key + " takes ADDR:PORT or off, not '" + value + "'");
    }

    private static HypervisorChoice choice(String value) {
        return switch (value) {
            case "auto" -> HypervisorChoice.AUTO;
            case "libxl" -> HypervisorChoice.LIBXL;
            case "simulator" -> HypervisorChoice.SIMULATOR;
            default -> throw new UsageException("--hypervisor takes auto, libxl or simulator, not '" + value + "'");
        };
    }

    private static LogLevel level(String value) {
        return switch (value) {
            case "error" -> LogLevel.ERROR;
            case "warn" -> LogLevel.WARN;
            case "info" -> LogLevel.INFO;
            case "debug" -> LogLevel.DEBUG;
            default -> throw new UsageException("--log-level takes error, warn, info or debug, not '" + value + "'");
        };
    }

    private static boolean onOff(String key, String value) {
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new UsageException("--" + key + " takes on or off, not '" + value + "'");
        };
    }

    private static long bytes(String key, String value) {
        try {
            long bytes = Long.parseLong(value);
            if (bytes > 0) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UsageException("--" + key + " takes a number of bytes, not '" + value + "'");
    }

    /** A command line or config file that makes no sense; the message is one line for the user. */
    public static final class UsageException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }
}
