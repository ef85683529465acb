package org.jxapi.diagnosis;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.dispatch.Call;
import org.jxapi.host.HostDiagnosis;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.local.ThisHost;
import org.jxapi.store.Reason;
import org.jxapi.store.Store;
import org.jxapi.transfer.Transfer;
import org.jxapi.transfer.TransferServer;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /system-status} and {@code /host_logs_download}: the status report and the logs. Items are made one by one and sent
 * at once, so a report needs room for its largest item only. Upstream: system_status.ml, xapi_logs_download.ml.
 */
public final class StatusTransfers implements HostDiagnosis {
    private static final Logger LOG = LoggerFactory.getLogger(StatusTransfers.class);
    private static final String PREFIX = "jxapi-status-";
    /** Items that come later than this are left out. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Store store;
    private final Path folder;
    private final HostFiles files;
    private final Clock clock;
    private final Capabilities capabilities;

    public StatusTransfers(Store store, Path folder, Hypervisor hypervisor, HostFiles files, Clock clock) {
        this.store = store;
        this.folder = folder;
        this.files = files;
        this.clock = clock;
        this.capabilities = new Capabilities(store, hypervisor, files);
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
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, PREFIX + "*")) {
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
        String stamp = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        String name = "system_status-" + stamp + "-" + host.replaceAll("[^A-Za-z0-9.-]", "_") + "." + form.extension;
        StringBuilder inventory = new StringBuilder();
        wanted.stream()
                .filter(key -> !key.isEmpty()
                        && all.stream().noneMatch(part -> part.key().equals(key)))
                .sorted()
                .forEach(key -> inventory.append("not known: ").append(key).append('\n'));
        Map<Item, String> items = new LinkedHashMap<>();
        chosen.forEach(part -> part.items().forEach(item -> items.put(item, part.key())));
        send(transfer, form, name, "bug-report-" + stamp.replace(':', '-') + "/", items, inventory);
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
        long begin = System.nanoTime();
        try (Call.Cancellable cancellable = transfer.call().cancellable();
                Archive archive = form.begin(out)) {
            int done = 0;
            for (Map.Entry<Item, String> each : items.entrySet()) {
                transfer.call().throwIfCancelled();
                String path = root + each.getKey().name();
                if (System.nanoTime() - begin > LIMIT.toNanos()) {
                    inventory.append(each.getValue() + " " + path + " is left out: the report takes too long\n");
                    continue;
                }
                String failure = add(archive, each.getKey(), path);
                inventory.append(each.getValue() + " " + path + (failure.isEmpty() ? "" : ": " + failure) + "\n");
                transfer.call().progress((double) ++done / (items.size() + 1));
            }
            add(archive, Item.text("inventory.txt", inventory::toString), root + "inventory.txt");
        } catch (IOException e) {
            throw Errors.systemStatusRetrievalFailed(Reason.of(e)).causedBy(e);
        }
    }

    private String add(Archive archive, Item item, String path) throws IOException {
        Redaction secrets = Redaction.of(store.snapshot(), files.passwords().get());
        try (ItemFile file = ItemFile.collect(item, secrets, folder, PREFIX)) {
            archive.add(path, file.path());
            return file.failure();
        }
    }
}
