package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls of one session of root over JSON-RPC, in short. */
public final class Calls {
    private final TestDaemon daemon;
    private JsonClient client;
    private String session;

    /** Begins the session. */
    public Calls(TestDaemon daemon) throws Exception {
        this.daemon = daemon;
        session();
    }

    private Calls(TestDaemon daemon, String session) {
        this.daemon = daemon;
        this.session = session;
    }

    /** Calls whose session begins with the first of them, for a daemon that does not run yet. */
    static Calls later(TestDaemon daemon) {
        return new Calls(daemon, null);
    }

    /** The next call begins another session. */
    public synchronized void forget() {
        session = null;
    }

    public synchronized String session() throws Exception {
        if (session == null) {
            client = new JsonClient(daemon.http());
            session = client.login(daemon.password());
        }
        return session;
    }

    /** The whole answer: a result or an error. */
    public JsonNode answer(String method, Object... params) throws Exception {
        List<Object> all = new ArrayList<>(List.of(session()));
        all.addAll(List.of(params));
        return client.call(method, all);
    }

    /** The result of a call that must succeed. */
    public JsonNode ok(String method, Object... params) throws Exception {
        JsonNode answer = answer(method, params);
        assertThat(answer.get("error")).as(method).isNull();
        return answer.get("result");
    }

    /** The result of a call that must succeed, as text: a reference for example. */
    public String text(String method, Object... params) throws Exception {
        return ok(method, params).asText();
    }

    /** The error of a call that must fail: its code, then its parameters. */
    public List<String> error(String method, Object... params) throws Exception {
        JsonNode answer = answer(method, params);
        assertThat(answer.has("error")).as(method + " fails, not " + answer).isTrue();
        List<String> error =
                new ArrayList<>(List.of(answer.get("error").get("message").asText()));
        answer.get("error").path("data").forEach(p -> error.add(p.asText()));
        return error;
    }

    /** The code of the error of a call, or {@code ok}. */
    public String outcome(String method, Object... params) throws Exception {
        JsonNode answer = answer(method, params);
        return answer.has("error") ? answer.get("error").get("message").asText() : "ok";
    }

    /** The error of a call, or the reference that it answers. */
    public String errorOrRef(String method, Object... params) throws Exception {
        JsonNode answer = answer(method, params);
        return answer.has("error")
                ? answer.get("error").toString()
                : answer.get("result").asText();
    }

    public List<String> list(String method, Object... params) throws Exception {
        List<String> all = new ArrayList<>();
        ok(method, params).forEach(member -> all.add(member.asText()));
        return all;
    }

    public String first(String method, Object... params) throws Exception {
        return list(method, params).get(0);
    }

    /** A halted VM without devices. */
    public String vm(String name) throws Exception {
        String vm = text("VM.clone", first("VM.get_by_name_label", "Other install media"), name);
        ok("VM.provision", vm);
        return vm;
    }

    /** Makes a repository of type file with that device_config, and plugs it. */
    public String fileSr(String name, Map<String, String> config) throws Exception {
        return text("SR.create", first("host.get_all"), config, 0, name, "", "file", "user", false, Map.of());
    }

    public String vdi(String sr, long bytes) throws Exception {
        return text("VDI.create", vdiRecord(sr, bytes));
    }

    public static Map<String, Object> vdiRecord(String sr, long bytes) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("name_label", "disk");
        record.put("SR", sr);
        record.put("virtual_size", bytes);
        record.put("type", "user");
        record.put("sharable", false);
        record.put("read_only", false);
        record.put("other_config", Map.of());
        return record;
    }

    /** A VBD for a disk that can be unplugged. */
    public static Map<String, Object> vbdRecord(String vm, String vdi) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("VM", vm);
        record.put("VDI", vdi);
        record.put("userdevice", "autodetect");
        record.put("bootable", false);
        record.put("mode", "RW");
        record.put("type", "Disk");
        record.put("unpluggable", true);
        record.put("empty", false);
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        return record;
    }

    /** The first VIF of a VM, with a MAC of the daemon's choice. */
    public static Map<String, Object> vifRecord(String vm, String network) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("VM", vm);
        record.put("network", network);
        record.put("device", "0");
        record.put("MAC", "");
        record.put("MTU", 1500);
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        return record;
    }

    /** A disk of a VM, which must have one. */
    public String diskOf(String vm) throws Exception {
        for (String vbd : list("VM.get_VBDs", vm)) {
            if (text("VBD.get_type", vbd).equals("Disk")) {
                return text("VBD.get_VDI", vbd);
            }
        }
        throw new AssertionError("no disk");
    }

    public static Map<String, Object> with(Map<String, Object> record, String key, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(record);
        changed.put(key, value);
        return changed;
    }
}
