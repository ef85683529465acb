package org.jxapi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The simulated world of 1,000 VMs, of which 100 run: the time from the start of the process with a new data folder to the
 * first answered login, compared with a start with the same folder again, and of resets after clients have changed the world.
 */
final class SimulatorBench {
    private static final int STARTS = Integer.getInteger("starts", 7);
    private static final int RESETS = Integer.getInteger("resets", 5);
    /** VMs that are started, stopped and destroyed before each reset. */
    private static final int CHANGES = 10;

    private static final String WORLD = "--simulator-world=1000-vms";

    private SimulatorBench() {}

    public static void main(String[] args) throws Exception {
        List<Double> starts = new ArrayList<>();
        List<Double> again = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        List<Double> resets = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            Path folder = Files.createTempDirectory("jxapi-bench");
            long begin = System.nanoTime();
            try (Server jxapid = Server.jxapid(folder, WORLD);
                    HttpClient client = new HttpClient(jxapid.port())) {
                String session = jxapid.login(client);
                starts.add((System.nanoTime() - begin) / 1e9);
                for (int j = 0; j < RESETS; j++) {
                    change(client, session);
                    resets.add(jxapid.order(client, "/reset", ""));
                }
            }
            begin = System.nanoTime();
            try (Server jxapid = Server.jxapid(folder, WORLD);
                    HttpClient client = new HttpClient(jxapid.port())) {
                jxapid.login(client);
                again.add((System.nanoTime() - begin) / 1e9);
            }
            ratios.add(starts.get(i) / again.get(i));
        }
        print("start of a new world with 1,000 VMs to the first answer", starts, " s");
        print("the same data folder again", again, " s");
        print("ratio", ratios, "");
        print("reset", resets, " s");
    }

    private static void change(HttpClient client, String session) throws IOException {
        for (int i = 1; i <= CHANGES; i++) {
            client.call("VM.start", session, vm(client, session, "spare-" + i), "false", "false");
            client.call("VM.hard_shutdown", session, vm(client, session, "web-" + i));
            client.call("VM.destroy", session, vm(client, session, "app-" + i));
        }
    }

    private static String vm(HttpClient client, String session, String name) throws IOException {
        return HttpClient.ref(client.call("VM.get_by_name_label", session, name));
    }

    private static void print(String what, List<Double> values, String unit) {
        Collections.sort(values);
        System.out.printf(
                "%s: best %.2f%s, median %.2f%s, worst %.2f%s of %d%n",
                what,
                values.get(0),
                unit,
                values.get(values.size() / 2),
                unit,
                values.get(values.size() - 1),
                unit,
                values.size());
    }
}
