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
import java.util.stream.Stream;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostDiagnosis;
import org.jxapi.hypervisor.Hypervisor;
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
 * {@code /system-status} and {@code /host_logs_download}: the status report and the logs. They are sent while they are
 * made. A report that is uploaded is a file first, because few servers take one of unknown length. Upstream:
 * system_status.ml, xapi_logs_download.ml, bugreport_upload in xapi_host.ml with scripts/host-bugreport-upload.
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
    private final HostFiles files;
    private final Clock clock;
    private final Capabilities capabilities;
    private final ItemWriter writer;

    public StatusTransfers(Store store, Path folder, Hypervisor hypervisor, HostFiles files, Clock clock) {
        this.store = store;
        this.folder = folder;
        this.files = files;
        this.clock = clock;
        this.capabilities = new Capabilities(store, hypervisor, files);
        this.writer = new ItemWriter(store, folder, files);
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
    public String capabilities() {
        return Capability.xml(capabilities.all());
    }

    @Override
    public String threads() {
        return ThreadStates.graph();
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
        if (query.containsKey("list")) {
            list(transfer);
            return "";
        }
        List<Capability> all = capabilities.all();
        Set<String> wanted = Set.of(query.getOrDefault("entries", "").split(","));
        // As in xen-bugtool, entries that it does not know are passed over. The inventory names them.
        List<Capability> chosen = all.stream()
                .filter(part -> wanted.equals(Set.of("")) ? part.checked() : wanted.contains(part.key()))
                .toList();
        Archive.Form form = Archive.Form.of(query.getOrDefault("output", "tar")).orElse(Archive.Form.TAR);
        String host = store.snapshot().get(ThisHost.ref(store.snapshot()), Host.HOSTNAME);
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
        Map<Item, String> items = new LinkedHashMap<>();
        files.logs().forEach(item -> items.put(item, "xenserver-logs"));
        send(transfer, Archive.Form.TAR_GZ, "logs.tar.gz", "", items, new StringBuilder());
        return "";
    }

    private void list(Transfer transfer) {
        byte[] xml = capabilities().getBytes(StandardCharsets.UTF_8);
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
    public void upload(Call call, String url, String proxy) {
        Snapshot now = store.snapshot();
        Instant moment = clock.instant();
        String name = now.get(ThisHost.ref(now), Host.UUID) + "-" + UPLOAD.format(moment);
        HttpUpload upload = new HttpUpload(UploadTarget.of(url, proxy, name), PATIENCE);
        Map<Item, String> items = items(capabilities.all().stream().filter(Capability::checked));
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
