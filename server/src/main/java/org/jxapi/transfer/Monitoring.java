package org.jxapi.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.ExceptionText;
import org.jxapi.http.RequestHead;
import org.jxapi.local.ThisPool;
import org.jxapi.measure.Consolidation;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.RrdUpdates;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;

/** The measurements that clients poll to draw graphs, in the form of XAPI's monitoring. */
final class Monitoring {
    /** The setting of a pool by which XAPI keeps the least and greatest values too. */
    private static final String EXTREMES = "create_min_max_in_new_VM_RRDs";

    private final Store store;
    private final Measurements measurements;

    Monitoring(Store store, Measurements measurements) {
        this.store = store;
        this.measurements = measurements;
    }

    /**
     * {@code /rrd_updates}: numbers since {@code start}, at least {@code interval} seconds apart, by the function {@code
     * cf}; of all VMs or those of {@code vm_uuid}, with {@code host=true} of the host, and of the SRs of {@code sr_uuid};
     * in JSON when asked for. Without {@code cf} they come by all functions for which XAPI keeps archives: averages, and
     * where the pool asks for them the least and the greatest values.
     */
    String updates(Transfer transfer) {
        RequestHead head = transfer.head();
        long start = start(head);
        List<String> prefixes = new ArrayList<>();
        if ("true".equals(head.query().get("host"))) {
            store.snapshot()
                    .all(Host.XEN_CLASS)
                    .forEach(host -> prefixes.add("host:" + host.row().get(Host.UUID) + ":"));
        }
        List<String> vms = head.all("vm_uuid");
        if (vms.isEmpty()) {
            prefixes.add("vm:");
        }
        vms.forEach(vm -> prefixes.add("vm:" + vm + ":"));
        head.all("sr_uuid").forEach(sr -> prefixes.add("sr:" + sr + ":"));
        List<Consolidation> functions = Consolidation.named(head.query().getOrDefault("cf", ""))
                .map(List::of)
                .orElseGet(this::kept);
        Measurements.Answer answer = measurements.since(start, interval(head), functions, prefixes);
        if (answer.legend().isEmpty()) {
            throw Errors.internalError("Rrd.No_RRA_Available");
        }
        boolean json = head.query().containsKey("json")
                || head.headers().getOrDefault("accept", "").startsWith("application/json");
        send(transfer, json ? "application/json" : "text/xml", json ? RrdUpdates.json(answer) : RrdUpdates.xml(answer));
        return "";
    }

    private List<Consolidation> kept() {
        Row<Pool> pool = ThisPool.row(store.snapshot());
        return "true".equals(pool.get(Pool.OTHER_CONFIG).get(EXTREMES))
                ? List.of(Consolidation.AVERAGE, Consolidation.MIN, Consolidation.MAX)
                : List.of(Consolidation.AVERAGE);
    }

    private static long start(RequestHead head) {
        String text = head.query().get("start");
        if (text == null) {
            throw Refused.badRequest(Errors.internalError("get_rrd_updates: missing the 'start' parameter"));
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

    private static void send(Transfer transfer, String type, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-length", Integer.toString(body.length));
        headers.put("content-type", type);
        headers.put("Access-Control-Allow-Origin", "*");
        headers.put("Access-Control-Allow-Headers", "X-Requested-With");
        try {
            OutputStream out = transfer.answer().ok(headers);
            out.write(body);
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
    }
}
