package org.jxapi.cli.command;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jxapi.cli.command.Command.Flag;
import org.jxapi.cli.thin.CommandLine.Param;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;

/** The commands that fetch files of the pool, or send it some. */
final class PoolFileCommands {
    private static final String DATABASE = "/pool/xmldbdump";
    private static final int LONGEST = 255;

    private PoolFileCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "pool-dump-database",
                "file-name",
                "",
                "Saves the pool's database to a file; pool-restore-database restores it.",
                c -> TransferWait.get(c, new TransferWait.Label("dump database"), c.need("file-name"), DATABASE, ""));
        t.add(
                "pool-restore-database",
                "file-name",
                "dry-run",
                "Replaces the pool's database with a saved one.",
                PoolFileCommands::restore);
        t.add(
                "pool-retrieve-wlb-report",
                "report",
                "filename",
                "Saves a report of the workload balancer to a file, or prints it."
                        + " All other parameters go to the workload balancer.",
                PoolFileCommands::report);
        t.add(
                "pool-retrieve-wlb-diagnostics",
                "",
                "filename",
                "Saves the workload balancer's log to a file, or prints it.",
                c -> download(c, "WLB diagnostics download", c.get("filename", ""), "/wlb_diagnostics", ""));
        t.add(
                "pool-sync-bundle",
                "filename",
                "",
                "Updates the pool's bundle repository from a bundle file.",
                c -> TransferWait.put(c, new TransferWait.Label("upload bundle"), c.need("filename"), "/bundle", ""));
        t.add(
                "audit-log-get",
                "filename",
                "since",
                "Saves the pool's audit log to a file.",
                PoolFileCommands::auditLog);
        t.add(
                "blob-get",
                "uuid filename",
                "",
                "Saves a blob to a file.",
                c -> {
                    Ref<?> blob = c.ref("blob");
                    TransferWait.get(
                            c,
                            new TransferWait.Label("Obtaining blob, ref=" + blob.value()),
                            c.need("filename"),
                            "/blob",
                            "&ref=" + blob.value());
                    c.say("Blob get succeeded");
                },
                Flag.HIDDEN);
        t.add(
                "blob-put",
                "uuid filename",
                "",
                "Uploads a file to a blob.",
                c -> {
                    Ref<?> blob = c.ref("blob");
                    TransferWait.put(
                            c,
                            new TransferWait.Label("Blob PUT, ref=" + blob.value()),
                            c.need("filename"),
                            "/blob",
                            "&ref=" + blob.value());
                    c.say("Blob put succeeded");
                },
                Flag.HIDDEN);
    }

    private static void download(Context c, String label, String file, String path, String query) throws IOException {
        TransferWait.get(c, new TransferWait.Label(label), file, path, query);
        if (!file.isEmpty()) {
            c.say(label + " succeeded");
        }
    }

    /** Upstream demands the word force, and answers an internal error without it. */
    private static void restore(Context c) throws IOException {
        boolean dryRun = c.has("dry-run");
        if (!dryRun && !c.has("force")) {
            throw new XenApiException(
                    "INTERNAL_ERROR",
                    List.of("Failure: This makes the host the coordinator of the pool in the file and removes all"
                            + " other hosts from the pool. Use --force to confirm."));
        }
        TransferWait.put(
                c, new TransferWait.Label("restore database"), c.need("file-name"), DATABASE, "&dry_run=" + dryRun);
        if (dryRun) {
            c.print("Dry-run backup restore successful");
        }
    }

    private static void report(Context c) throws IOException {
        StringBuilder query = new StringBuilder("&report=" + encoded(c.need("report")));
        for (Param other : c.line().others(Set.of("report", "filename"))) {
            query.append('&').append(encoded(other.name())).append('=').append(encoded(other.value()));
        }
        download(c, "Report generation", c.get("filename", ""), "/wlb_report", query.toString());
    }

    private static void auditLog(Context c) throws IOException {
        String since = cut(c.get("since", ""));
        String file = c.need("filename");
        String label =
                "audit-log-get" + (since.isEmpty() ? " " : " (since \"" + since + "\") ") + "into file " + cut(file);
        download(c, label, file, "/audit_log", since.isEmpty() ? "" : "&since=" + encoded(since));
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
