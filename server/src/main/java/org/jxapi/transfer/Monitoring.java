package org.jxapi.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jxapi.archive.RrdFolder;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.ExceptionText;
import org.jxapi.http.RequestHead;
import org.jxapi.local.ThisHost;
import org.jxapi.measure.Consolidation;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.NoArchiveException;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Rrd;
import org.jxapi.measure.RrdReader;
import org.jxapi.measure.RrdText;
import org.jxapi.measure.RrdUpdates;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;

/** The measurements that clients poll to draw graphs, in the forms of XAPI's monitoring. */
final class Monitoring {
    /** The most of an uploaded document: some times more than that of the largest VM. */
    private static final long LONGEST = 64L << 20;

    /** How long a request waits for the first measurement: two rounds. */
    private static final long FIRST_MILLIS = 10_000;

    private static final String JSON = "application/json";
    private static final String XML = "text/xml";

    private final Store store;
    private final Measurements measurements;
    private final RrdFolder files;

    /** @param files the measurements of owners that are not measured now */
    Monitoring(Store store, Measurements measurements, RrdFolder files) {
        this.store = store;
        this.measurements = measurements;
        this.files = files;
    }

    void bind(Map<String, TransferServer.Action> actions) {
        get(actions, "/rrd_updates", "rrd_updates", "Get RRD updates.", this::updates);
        get(actions, "/vm_rrd", "vm_rrd", "Get VM RRD.", this::vm);
        get(actions, "/vm_rrds", "get_vm_rrds", "Get VM RRD.", this::vm);
        get(actions, "/host_rrd", "host_rrd", "Get Host RRD.", this::host);
        get(actions, "/host_rrds", "get_host_rrds", "Get Host RRD.", this::host);
        get(actions, "/sr_rrd", "sr_rrd", "Get SR RRD.", this::sr);
        actions.put("PUT /rrd", new TransferServer.Action("http/rrd", "Put VM RRD.", false, this::put));
    }

    private void get(
            Map<String, TransferServer.Action> actions,
            String path,
            String permission,
            String label,
            TransferServer.Work work) {
        TransferServer.Work afterTheFirst = transfer -> {
            awaitFirst();
            return work.run(transfer);
        };
        actions.put("GET " + path, new TransferServer.Action("http/" + permission, label, false, afterTheFirst));
    }

    /** A client may ask sooner after the start of the daemon than anything has been measured. */
    private void awaitFirst() {
        try {
            measurements.awaitFirst(FIRST_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.internalError("the daemon stops").causedBy(e);
        }
    }

    /**
     * {@code /rrd_updates}: numbers since {@code start}, at least {@code interval} seconds apart, by the function {@code
     * cf}; of all VMs or those of {@code vm_uuid}, with {@code host=true} of the host, and of the SRs of {@code sr_uuid}.
     * Without {@code cf} they come by all functions for which there are archives.
     */
    String updates(Transfer transfer) {
        RequestHead head = transfer.head();
        boolean host = "true".equals(head.query().get("host"));
        List<String> vms = head.all("vm_uuid");
        List<String> srs = head.all("sr_uuid");
        Predicate<Owner> there = there(head);
        Predicate<Owner> asked = owner -> there.test(owner)
                && switch (owner.kind()) {
                    case HOST -> host;
                    case VM -> vms.isEmpty() || vms.contains(owner.uuid());
                    case SR -> srs.contains(owner.uuid());
                };
        RrdUpdates.Question question = new RrdUpdates.Question(
                start(head), interval(head), Consolidation.named(head.query().getOrDefault("cf", "")), asked);
        RrdUpdates.Answer answer;
        try {
            answer = measurements.answer(question);
        } catch (NoArchiveException e) {
            throw Errors.internalError("Rrd.No_RRA_Available").causedBy(e);
        }
        boolean json = wantsJson(head);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Access-Control-Allow-Headers", "X-Requested-With");
        send(transfer, json, json ? RrdUpdates.json(answer) : RrdUpdates.xml(answer), headers);
        return "";
    }

    /** The owners that are at the host which was asked, if that has passed the request on; all otherwise. */
    private Predicate<Owner> there(RequestHead head) {
        String member = head.member();
        if (member == null) {
            return owner -> true;
        }
        Snapshot now = store.snapshot();
        Ref<Host> host = Host.XEN_CLASS.ref(member);
        String uuid = now.get(host, Host.UUID);
        return owner -> switch (owner.kind()) {
            case HOST -> owner.uuid().equals(uuid);
            case VM ->
                now.byUuid(VM.XEN_CLASS, owner.uuid())
                        .filter(vm -> vm.row().get(VM.RESIDENT_ON).equals(host))
                        .isPresent();
            case SR -> true;
        };
    }

    private static long start(RequestHead head) {
        String text = head.query().get("start");
        if (text == null) {
            throw missing("get_rrd_updates: missing the 'start' parameter");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Errors.internalError(ExceptionText.failure("Int64.of_string")).causedBy(e);
        }
    }

    /** As in XAPI, one that is no number counts as none. */
    private static long interval(RequestHead head) {
        try {
            return Long.parseLong(head.query().getOrDefault("interval", "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** {@code /vm_rrd}: all that is kept of a VM, also of one that is halted. */
    private String vm(Transfer transfer) {
        String uuid = uuid(transfer, "get_vm_rrd");
        Optional<Rrd> rrd = measurements.copy(Owner.vm(uuid));
        if (rrd.isEmpty()) {
            if (store.snapshot().byUuid(VM.XEN_CLASS, uuid).isEmpty()) {
                throw Errors.uuidInvalid("VM", uuid);
            }
            rrd = files.read(uuid);
        }
        send(transfer, rrd.orElseThrow(() -> Refused.missing(Errors.internalError("No VM RRD available!"))));
        return "";
    }

    /** {@code /host_rrd}: all that is kept of the host that was asked. */
    private String host(Transfer transfer) {
        Snapshot now = store.snapshot();
        String member = transfer.head().member();
        String uuid =
                member == null ? ThisHost.row(now).get(Host.UUID) : now.get(Host.XEN_CLASS.ref(member), Host.UUID);
        send(transfer, measurements.copy(Owner.host(uuid)).orElseThrow(() -> unavailable("host")));
        return "";
    }

    /** {@code /sr_rrd}: all that is kept of an SR. */
    private String sr(Transfer transfer) {
        String uuid = uuid(transfer, "get_sr_rrd");
        send(transfer, measurements.copy(Owner.sr(uuid)).orElseThrow(() -> unavailable("SR")));
        return "";
    }

    private static XenApiException unavailable(String what) {
        return Errors.internalError(ExceptionText.failure("No " + what + " RRD available!"));
    }

    private static String uuid(Transfer transfer, String name) {
        String uuid = transfer.head().query().get("uuid");
        if (uuid == null) {
            throw missing(name + ": missing the 'uuid' parameter");
        }
        return uuid;
    }

    private static Refused missing(String text) {
        return Refused.badRequest(Errors.internalError(text));
    }

    /**
     * {@code PUT /rrd}: replaces what is kept of a VM. With {@code archive} it replaces the file of a VM, or of the host, that
     * the daemon reads when measuring begins again.
     */
    private String put(Transfer transfer) {
        String uuid = uuid(transfer, "put_rrd");
        boolean vm = store.snapshot().byUuid(VM.XEN_CLASS, uuid).isPresent();
        if (!vm && store.snapshot().byUuid(Host.XEN_CLASS, uuid).isEmpty()) {
            throw Refused.missing(Errors.internalError("put_rrd: invalid 'uuid' parameter"));
        }
        boolean archive = transfer.head().query().containsKey("archive");
        if (!vm && !archive) {
            throw missing("put_rrd: cannot archive host RRD");
        }
        if (transfer.length() > LONGEST) {
            throw missing("put_rrd: the document is too long");
        }
        transfer.accept();
        try {
            Rrd rrd = RrdReader.read(new Limited(transfer.body(), LONGEST));
            if (archive || !measurements.replace(Owner.vm(uuid), rrd)) {
                files.write(uuid, rrd);
            }
        } catch (IOException e) {
            throw Errors.internalError("put_rrd: " + e.getMessage()).causedBy(e);
        }
        return "";
    }

    /**
     * Whether the client gets JSON: as in XAPI, an {@code Accept} header that names one of both types decides, and otherwise
     * the parameter {@code json}.
     */
    static boolean wantsJson(RequestHead head) {
        return Accept.prefersFirst(head.headers().getOrDefault("accept", "").toLowerCase(Locale.ROOT), JSON, XML)
                .orElse(head.query().containsKey("json"));
    }

    private static void send(Transfer transfer, Rrd rrd) {
        boolean json = wantsJson(transfer.head());
        send(transfer, json, json ? RrdText.json(rrd) : RrdText.xml(rrd, false), Map.of());
    }

    private static void send(Transfer transfer, boolean json, String text, Map<String, String> more) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-length", Integer.toString(body.length));
        headers.put("content-type", json ? JSON : XML);
        headers.put("Access-Control-Allow-Origin", "*");
        headers.putAll(more);
        try {
            OutputStream out = transfer.answer().ok(headers);
            out.write(body);
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
    }
}
