package org.jxapi.transfer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.http.RequestHead;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.RrdUpdates;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;

/** What clients poll to draw graphs, as XAPI's monitoring answers it. */
final class Monitoring {
    private final Store store;
    private final Measurements measurements;

    Monitoring(Store store, Measurements measurements) {
        this.store = store;
        this.measurements = measurements;
    }

    /**
     * {@code /rrd_updates}: numbers since {@code start}, at least {@code interval} seconds apart; of all VMs or the one of
     * {@code vm_uuid}, with {@code host=true} of the host, and of the SR of {@code sr_uuid}; in JSON when asked for.
     */
    String updates(Transfer transfer) {
        RequestHead head = transfer.head();
        List<String> prefixes = new ArrayList<>();
        String average = head.query().getOrDefault("cf", "AVERAGE");
        if (average.equalsIgnoreCase("AVERAGE")) {
            if ("true".equals(head.query().get("host"))) {
                store.snapshot()
                        .all(Host.XEN_CLASS)
                        .forEach(host -> prefixes.add("host:" + host.row().get(Host.UUID) + ":"));
            }
            String vm = head.query().get("vm_uuid");
            prefixes.add(vm == null ? "vm:" : "vm:" + vm + ":");
            String sr = head.query().get("sr_uuid");
            if (sr != null) {
                prefixes.add("sr:" + sr + ":");
            }
        }
        Measurements.Answer answer =
                measurements.since(number(head, "start", null), number(head, "interval", "0"), prefixes);
        boolean json = head.query().containsKey("json")
                || head.headers().getOrDefault("accept", "").startsWith("application/json");
        send(transfer, json ? "application/json" : "text/xml", json ? RrdUpdates.json(answer) : RrdUpdates.xml(answer));
        return "";
    }

    private static long number(RequestHead head, String name, String otherwise) {
        String text = head.query().getOrDefault(name, otherwise);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Errors.internalError(text == null ? "Not_found" : "Failure(\"Int64.of_string\")")
                    .causedBy(e);
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
            throw Errors.clientError("The client went away: " + e.getMessage()).causedBy(e);
        }
    }
}
