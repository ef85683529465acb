package org.jxapi.cli.command;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jxapi.cli.command.Command.Flag;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.CliObject;
import org.jxapi.datamodel.XenApiException;

/** The commands that fetch files of a host, or send it some. */
final class HostFileCommands {
    private static final Set<String> STATUS_FORMATS = Set.of("tar.bz2", "tar", "zip");
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy-M-d'T'HHmmss'Z'");

    private HostFileCommands() {}

    static void declare(CommandTable t) {
        t.hosts(
                "host-backup",
                "file-name",
                "",
                "Saves all that jxapid has of the host, without disks, to a file.",
                Scope.ONE,
                (c, host) -> {
                    needCoordinator(c, host);
                    TransferWait.get(
                            c, new TransferWait.Label("host backup download"), c.need("file-name"), "/host_backup", "");
                });
        t.hosts(
                "host-restore",
                "file-name",
                "",
                "Restores the host from a file of host-backup, with a restart of jxapid.",
                Scope.ONE,
                (c, host) -> {
                    needCoordinator(c, host);
                    TransferWait.put(
                            c, new TransferWait.Label("host backup upload"), c.need("file-name"), "/host_restore", "");
                });
        t.add(
                "host-logs-download",
                "",
                "file-name",
                "Saves the logs of hosts to files, one for each host.",
                HostFileCommands::logs,
                Flag.HOST_SELECTORS);
        t.hosts(
                "host-get-system-status",
                "filename",
                "entries output",
                "Saves a status report of hosts to a file.",
                Scope.PLAIN,
                HostFileCommands::status);
    }

    /** Only the host that carries the command out can be saved. Members join their pool again, which gives them all they need. */
    private static void needCoordinator(Context c, CliObject host) {
        if (!host.ref().equals(c.api().thisHost())) {
            throw new XenApiException(
                    "OPERATION_NOT_ALLOWED",
                    List.of("Host " + host.text("name-label") + " is a member of a pool, and only the coordinator"
                            + " can be saved and restored. A member that has lost its data joins the pool again"));
        }
    }

    private static void logs(Context c) throws IOException {
        String file = c.get(
                "file-name",
                "logs-"
                        + ZonedDateTime.now(Clock.systemUTC())
                                .withZoneSameInstant(ZoneOffset.UTC)
                                .format(STAMP));
        List<CliObject> hosts = new ArrayList<>();
        Selection.each(c, Flag.HOST_SELECTORS, Scope.PLAIN, Set.of("file-name"), host -> hosts.add(host));
        for (CliObject host : hosts) {
            String suffix = hosts.size() == 1 ? "" : "-" + host.text("name-label");
            TransferWait.get(
                    c,
                    new TransferWait.Label("host logs download"),
                    file + suffix,
                    "/host_logs_download",
                    "&host_id=" + host.ref().value());
        }
    }

    private static void status(Context c, CliObject host) throws IOException {
        String output = c.get("output", "tar.bz2");
        if (!STATUS_FORMATS.contains(output)) {
            throw new XenApiException(
                    "INTERNAL_ERROR", List.of("Failure: output must be tar.bz2, tar or zip, not " + output));
        }
        TransferWait.get(
                c,
                new TransferWait.Label("system-status download"),
                c.need("filename"),
                "/system-status",
                "&host_id=" + host.ref().value() + "&entries="
                        + URLEncoder.encode(c.get("entries", ""), StandardCharsets.UTF_8) + "&output=" + output);
    }
}
