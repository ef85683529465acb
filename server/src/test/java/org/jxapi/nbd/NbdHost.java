package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** A daemon whose management network is 127.0.0.1, and can have a purpose. */
final class NbdHost {
    static final int MIB = 1 << 20;

    final Calls calls;
    final String network;
    final String sr;
    private final Uploads uploads;

    NbdHost(RunningDaemon daemon) throws Exception {
        calls = daemon.calls();
        String pif = calls.first("PIF.get_all");
        calls.ok("PIF.reconfigure_ip", pif, "Static", "127.0.0.1", "255.0.0.0", "", "");
        network = calls.text("PIF.get_network", pif);
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        uploads = new Uploads(daemon, calls);
    }

    /** Data in the first and the fifth MiB, and nothing else. */
    static byte[] contents(int mib) {
        byte[] contents = new byte[mib * MIB];
        byte[] data = new byte[MIB];
        new Random(mib).nextBytes(data);
        System.arraycopy(data, 0, contents, 0, MIB);
        System.arraycopy(data, 0, contents, 4 * MIB, MIB);
        return contents;
    }

    /** A disk with these contents. */
    String disk(int mib) throws Exception {
        String vdi = calls.vdi(sr, (long) mib * MIB);
        JsonNode task = uploads.put("/import_raw_vdi?vdi=" + vdi, contents(mib));
        assertThat(task.get("status").asText()).isEqualTo("success");
        return vdi;
    }

    JsonNode info(String vdi) throws Exception {
        JsonNode infos = calls.ok("VDI.get_nbd_info", vdi);
        assertThat(infos).as("servers of %s", vdi).hasSize(1);
        return infos.get(0);
    }

    String name(String vdi) throws Exception {
        return info(vdi).get("exportname").asText();
    }

    NbdClient client(String vdi) throws Exception {
        JsonNode info = info(vdi);
        return NbdClient.secured(
                info.get("port").asInt(),
                info.get("cert").asText(),
                info.get("subject").asText());
    }

    int port(String vdi) throws Exception {
        return info(vdi).get("port").asInt();
    }

    /** The VBDs by which the control domain has a disk. */
    List<String> holds(String vdi) throws Exception {
        List<String> holds = new ArrayList<>();
        for (String vbd : calls.list("VDI.get_VBDs", vdi)) {
            if (calls.ok("VM.get_is_control_domain", calls.text("VBD.get_VM", vbd))
                    .asBoolean()) {
                holds.add(vbd);
            }
        }
        return holds;
    }

    void eventuallyFree(String vdi) throws Exception {
        Eventually.holds(() -> assertThat(holds(vdi)).isEmpty());
    }

    static byte[] part(byte[] bytes, int from, int length) {
        return Arrays.copyOfRange(bytes, from, from + length);
    }
}
