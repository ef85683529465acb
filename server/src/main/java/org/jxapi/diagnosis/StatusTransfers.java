package org.jxapi.diagnosis;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostDiagnosis;
import org.jxapi.host.StatusItems;
import org.jxapi.http.RequestHead;
import org.jxapi.local.PerHost;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Reason;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.TransferServer;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /system-status} and {@code /host_logs_download}: the status report and the logs of the host that is asked, or
 * that {@code host_id} names by its reference. They are sent while they are made. A report that is uploaded is a file
 * first, because few servers take one of unknown length. Upstream: system_status.ml, xapi_logs_download.ml,
 * bugreport_upload in xapi_host.ml with scripts/host-bugreport-upload.
 */
public final class StatusTransfers implements HostDiagnosis {
    private static final Logger LOG = LoggerFactory.getLogger(StatusTransfers.class);
    /** The time in the name of a report that is uploaded, as XAPI writes it. */
    private static final DateTimeFormatter UPLOAD =
            DateTimeFormatter.ofPattern("yyyy:MM:dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    /** How long the server of an upload may be silent. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Store store;
    private final Path folder;
    private final Clock clock;
    private final HostReports reports;
    private final ItemWriter writer;

    /**
     * @param folder for the files that are being made
     * @param items those of each host
     * @param passwords those that are not in the database
     */
    public StatusTransfers(
            Store store, Path folder, PerHost<StatusItems> items, Supplier<List<String>> passwords, Clock clock) {
        this.store = store;
        this.folder = folder;
        this.clock = clock;
        this.reports = new HostReports(store, items, passwords);
        this.writer = new ItemWriter(store, folder, passwords);
    }

    /** The handlers, by method and path. */
    public Map<String, TransferServer.Action> actions() {
        return Map.of(
                "GET /system-status",
                        new TransferServer.Action("http/get_system_status", "Retrieving system status", this::status),
                "GET /host_logs_download",
                        new TransferServer.Action("http/get_host_logs_download", "Downloading host logs", this::logs));
    }

    @Override
    public String capabilities(Ref<Host> host) {
        return Capability.xml(reports.parts(host));
    }

    @Override
    public String threads(Ref<Host> host) {
        return reports.threads(host);
    }

    /** The host that a request names, or that was asked; HANDLE_INVALID when there is no such host. */
    private Ref<Host> host(RequestHead head) {
        Snapshot now = store.snapshot();
        String named = head.query().get("host_id");
        String asked = named == null ? head.member() : named;
        Ref<Host> host = asked == null ? ThisHost.ref(now) : Host.XEN_CLASS.ref(asked);
        now.require(host);
        return host;
    }

    /** Removes the files that the last run was making. */
    public void removeInterrupted() {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, ItemWriter.PREFIX + "*")) {
            for (Path file : left) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.warn("Folder {}: unfinished reports cannot be removed: {}", folder, Reason.of(e));
        }
    }

    private String status(Transfer transfer) {
        Map<String, String> query = transfer.head().query();
        Ref<Host> of = host(transfer.head());
        if (query.containsKey("list")) {
            list(transfer, of);
            return "";
        }
        List<Capability> all = reports.parts(of);
        Set<String> wanted = Set.of(query.getOrDefault("entries", "").split(","));
        // As in xen-bugtool, entries that it does not know are passed over. The inventory names them.
        List<Capability> chosen = all.stream()
                .filter(part -> wanted.equals(Set.of("")) ? part.checked() : wanted.contains(part.key()))
                .toList();
        Archive.Form form = Archive.Form.of(query.getOrDefault("output", "tar")).orElse(Archive.Form.TAR);
        String host = store.snapshot().get(of, Host.HOSTNAME);
        Instant moment = clock.instant();
        String name = "system_status-" + moment.truncatedTo(ChronoUnit.SECONDS) + "-"
                + host.replaceAll("[^A-Za-z0-9.-]", "_") + "." + form.extension;
        StringBuilder inventory = new StringBuilder();
        wanted.stream()
                .filter(key -> !key.isEmpty()
                        && all.stream().noneMatch(part -> part.key().equals(key)))
                .sorted()
                .forEach(key -> inventory.append("not known: ").append(key).append('\n'));
        send(transfer, form, name, root(moment), items(chosen.stream()), inventory);
        return "";
    }

    private String logs(Transfer transfer) {
        Stream<Capability> logs = reports.parts(host(transfer.head())).stream()
                .filter(part -> part.key().equals(StatusItems.LOGS));
        send(transfer, Archive.Form.TAR_GZ, "logs.tar.gz", "", items(logs), new StringBuilder());
        return "";
    }

    private void list(Transfer transfer, Ref<Host> of) {
        byte[] xml = capabilities(of).getBytes(StandardCharsets.UTF_8);
        try {
            transfer.ok("application/xml", "capabilities.xml", xml.length).write(xml);
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
    }

    private void send(
            Transfer transfer,
            Archive.Form form,
            String name,
            String root,
            Map<Item, String> items,
            StringBuilder inventory) {
        OutputStream out = transfer.ok(form.contentType, name, -1);
        Call call = transfer.call();
        try (Call.Cancellable cancellable = call.cancellable();
                Archive archive = form.begin(out)) {
            writer.write(call, archive, root, items, inventory, call::progress);
        } catch (IOException e) {
            throw Errors.systemStatusRetrievalFailed(Reason.of(e)).causedBy(e);
        }
    }

    @Override
    public void upload(Call call, Ref<Host> host, String url, String proxy) {
        Instant moment = clock.instant();
        String name = store.snapshot().get(host, Host.UUID) + "-" + UPLOAD.format(moment);
        HttpUpload upload = new HttpUpload(UploadTarget.of(url, proxy, name), PATIENCE);
        Map<Item, String> items = items(reports.parts(host).stream().filter(Capability::checked));
        try (Call.Cancellable cancellable = call.cancellable()) {
            Path file = Files.createTempFile(folder, ItemWriter.PREFIX, ".tar");
            try {
                try (Archive archive = Archive.Form.TAR.begin(Files.newOutputStream(file))) {
                    writer.write(
                            call, archive, root(moment), items, new StringBuilder(), part -> call.progress(part / 2));
                }
                upload.send(file, call::throwIfCancelled, part -> call.progress((1 + part) / 2));
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw Errors.systemStatusRetrievalFailed(Reason.of(e)).causedBy(e);
        }
    }

    private static Map<Item, String> items(Stream<Capability> parts) {
        Map<Item, String> items = new LinkedHashMap<>();
        parts.forEach(part -> part.items().forEach(item -> items.put(item, part.key())));
        return items;
    }

    private static String root(Instant moment) {
        return "bug-report-" + moment.truncatedTo(ChronoUnit.SECONDS).toString().replace(':', '-') + "/";
    }
}
