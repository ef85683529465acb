package org.jxapi.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** The metrics of a host and a busy guest, against the numbers of Xen's tools and of dom0's kernel. */
final class Measured {
    /** For its long commands, in seconds. */
    private static final int ANSWER = 120;

    private static final String NAME = "metrics";
    /** dom0, as the guest knows it. */
    private static final String ADDRESS = "10.0.4.1";
    private static final int PORT = 5001;
    /** So long the guest is busy: several times the 5 s in which values are read. */
    private static final int LOAD_SECONDS = 45;
    /** How much a rate may differ: its time is read by other clocks. */
    private static final double TOLERANCE = 0.12;
    private static final int WRITTEN = 8;
    private static final int READ = 4;
    private static final int SENT = 3;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private String vm;
    private String uuid;
    private String network;
    private String disk;
    private int domid;
    private GuestConsole console;
    private long loadedUntil;

    Measured(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String template) {
        all.checks.scenario(NAME, s -> {
            s.check("a guest with a disk and a nic writes, reads and sends", () -> {
                network = api.text("network.get_by_uuid",
                        Command.xe("network-create", "name-label=" + NAME, "nat=" + ADDRESS + "/24"));
                vm = guests.install(template, NAME);
                api.call("VIF.destroy", api.refs("VM.get_VIFs", vm).get(0));
                guests.addNic(vm, "0", network);
                uuid = all.uuid(vm);
                console = new GuestConsole(api, vm);
                // The kernel counts for raw files, and QEMU for the others, such as the template's disk.
                disk = guests.makeDisk("measured", 16 * Guests.MIB, "raw");
                guests.attach(vm, disk, "1");
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, 0);
                domid = guests.domid(vm);
                console.ask("fill xvdb " + WRITTEN, "filled xvdb", ANSWER);
                console.ask("drain xvdb " + READ, "drained xvdb", ANSWER);
                console.ask("dhcp eth0", "leased ", ANSWER);
                send();
            });
            s.check("/vm_rrd has the bytes of a raw disk, as the kernel counts them", () -> {
                String path = "/sys/bus/xen-backend/devices/vbd-" + domid + "-51728/statistics/";
                equal("vbd_xvdb_write", () -> 512 * number(path + "wr_sect"));
                equal("vbd_xvdb_read", () -> 512 * number(path + "rd_sect"));
                Checks.expect(last("vm", uuid).get("vbd_xvdb_write") >= WRITTEN * Guests.MIB, "too few bytes written");
                Checks.expect(last("vm", uuid).get("vbd_xvdb_read") >= READ * Guests.MIB, "too few bytes read");
            });
            s.check("/vm_rrd has the bytes of its nic, as the kernel counts them on the other end", () -> {
                String path = "/sys/class/net/vif" + domid + ".0/statistics/";
                equal("vif_0_tx", () -> number(path + "rx_bytes"));
                equal("vif_0_rx", () -> number(path + "tx_bytes"));
                Checks.expect(last("vm", uuid).get("vif_0_tx") >= SENT * Guests.MIB, "too few bytes sent");
            });
            s.check("they are those of xentop", this::xentop);
            s.check("/vm_rrd has its memory, as Xen and xenstore have it", () -> {
                console.ask("agent", "agent told", ANSWER);
                equal("memory_target", () -> 1024 * xenstore("memory/target"));
                equal("memory_internal_free", () -> xenstore("data/meminfo_free"));
                near("memory", last("vm", uuid).get("memory"), xl("xl list " + domid + " | awk 'END { print $3 }'") * Guests.MIB,
                        2 * Guests.MIB);
            });
            s.check("/rrd_updates has the load of its processors and of the host, as xl counts their time", this::load);
            s.check("/host_rrd has memory, load and traffic, as /proc and xl have them", this::host);
            s.check("/metrics has the same", this::prometheus);
            s.check("a restart of jxapid loses no more than its time", this::restart);
        }, () -> {
            if (console != null) {
                console.close();
            }
            all.cleanUp(NAME);
            if (network != null) {
                api.call("network.destroy", network);
            }
        });
    }

    /** The guest sends to a server in dom0, whose input stays open: at its end both sides would stop. */
    private void send() throws Exception {
        Process server = new ProcessBuilder("sh", "-c", "exec busybox nc -l -p " + PORT + " >/dev/null").start();
        try {
            Checks.await("a server in dom0", 60, () -> Command.shell("ss -ltn").contains(":" + PORT + " "));
            console.ask("send " + ADDRESS + " " + PORT + " " + SENT, "sent " + SENT + " to", ANSWER);
        } finally {
            server.destroy();
        }
    }

    /** A value that is read somewhere else. */
    private interface Reader {
        double read() throws IOException;
    }

    /** Waits for a moment in which the guest is quiet and the newest raw value of a source is the one that is read there. */
    private void equal(String source, Reader reader) throws Exception {
        String[] seen = {""};
        try {
            Checks.await("", 90, () -> {
                try {
                    double before = reader.read();
                    Double value = last("vm", uuid).get(source);
                    double after = reader.read();
                    seen[0] = before + " to " + after + ", " + source + " is " + value;
                    return value != null && value >= before && value <= after && (before == after || before > 0);
                } catch (IOException e) {
                    throw new AssertionError(e.toString(), e);
                }
            });
        } catch (AssertionError e) {
            throw new AssertionError("the system has " + seen[0], e);
        }
        System.out.println("      " + source + ": " + seen[0]);
    }

    private static void near(String what, double value, double expected, double difference) {
        System.out.printf(Locale.ROOT, "      %s: %.3f, the system has %.3f%n", what, value, expected);
        Checks.expect(Math.abs(value - expected) <= difference, what + " is " + value + ", the system has " + expected);
    }

    private void xentop() {
        String line = Command.shell("xentop -b -f -i 1 | awk '$1 == \"" + NAME + "\"'");
        String[] words = line.strip().split("\\s+");
        Map<String, Double> last;
        try {
            last = last("vm", uuid);
        } catch (IOException e) {
            throw new AssertionError(e.toString(), e);
        }
        System.out.println("      " + line.strip());
        // NETTX(k), NETRX(k), VBD_RSECT and VBD_WSECT. dom0 receives what the guest sends.
        near("KiB sent", last.get("vif_0_tx") / 1024, Double.parseDouble(words[11]), 64);
        near("sectors read", last.get("vbd_xvdb_read") / 512, Double.parseDouble(words[16]), 64);
        near("sectors written", last.get("vbd_xvdb_write") / 512,
                Double.parseDouble(words[17]), 64);
    }

    private void load() throws Exception {
        console.ask("spin 1", "spins 1", ANSWER);
        Thread.sleep(6000);
        long start = System.currentTimeMillis() / 1000;
        long begin = System.nanoTime();
        Map<String, Double> before = processorSeconds();
        Thread.sleep(LOAD_SECONDS * 1000L);
        Map<String, Double> after = processorSeconds();
        double seconds = Checks.seconds(begin);
        loadedUntil = System.currentTimeMillis() / 1000;
        Thread.sleep(6000);
        Predicate<Long> during = time -> time > start + 5 && time <= loadedUntil;
        JsonNode updates = updates(start - 10);
        double guest = 0;
        double host = 0;
        for (Map.Entry<String, Double> entry : after.entrySet()) {
            double share = (entry.getValue() - before.getOrDefault(entry.getKey(), 0.0)) / seconds;
            host += share;
            if (entry.getKey().startsWith(domid + ".")) {
                guest += share;
                near("cpu" + entry.getKey().substring(entry.getKey().indexOf('.') + 1),
                        average(updates, "vm:" + uuid + ":cpu" + entry.getKey().substring(entry.getKey().indexOf('.') + 1), during),
                        share, TOLERANCE);
            }
        }
        Checks.expect(guest > 0.2, "the guest was hardly busy: " + guest);
        String hostUuid = hostUuid();
        int cpus = (int) xl("xl info | awk '/^nr_cpus/ { print $3 }'");
        near("cpu_avg", average(updates, "host:" + hostUuid + ":cpu_avg", during), host / cpus, TOLERANCE);
        // xl list counts the processors that the guest has brought online.
        int online = (int) xl("xl list " + domid + " | awk 'END { print $4 }'");
        near("cpu_usage", average(updates, "vm:" + uuid + ":cpu_usage", during), guest / online, TOLERANCE);
    }

    /** Seconds of each virtual processor, by domain and number, as xl counts them. */
    private static Map<String, Double> processorSeconds() {
        Map<String, Double> seconds = new HashMap<>();
        for (String line : Command.run("sh", "-c", "xl vcpu-list | awk 'NR > 1 { print $2 \".\" $3, $(NF - 3) }'").split("\n")) {
            String[] words = line.split(" ");
            seconds.put(words[0], Double.parseDouble(words[1]));
        }
        return seconds;
    }

    private void host() throws Exception {
        Command.shell("busybox ping -c 2 10.0.2.2 >/dev/null");
        String host = hostUuid();
        Map<String, Double> last = last("host", host);
        near("memory_total_kib", last.get("memory_total_kib"), 1024 * xl("xl info | awk '/^total_memory/ { print $3 }'"), 1024);
        near("memory_free_kib", last.get("memory_free_kib"), 1024 * xl("xl info | awk '/^free_memory/ { print $3 }'"), 8 * 1024);
        near("loadavg", last.get("loadavg"), xl("cut -d ' ' -f 1 /proc/loadavg"), 1);
        near("running_domains", last.get("running_domains"), 2, 0);
        Checks.await("pif_eth0_tx is the kernel's", 60, () -> {
            try {
                double before = number("/sys/class/net/eth0/statistics/tx_bytes");
                double value = last("host", host).get("pif_eth0_tx");
                return value > 0 && value <= before && value == number("/sys/class/net/eth0/statistics/tx_bytes");
            } catch (IOException e) {
                throw new AssertionError(e.toString(), e);
            }
        });
        String sr = api.text("SR.get_uuid", guests.repository).substring(0, 8);
        Checks.expect(last("host", host).get("write_" + sr) >= WRITTEN * Guests.MIB, "the SR has too few bytes written");
    }

    private void prometheus() throws Exception {
        String text = get("/metrics?session_id=" + api.session());
        Map<String, Double> last = last("vm", uuid);
        near("jxapi_vm_memory_bytes", sample(text, "jxapi_vm_memory_bytes{", uuid), last.get("memory"), 0);
        near("jxapi_vms running", sample(text, "jxapi_vms{", "\"running\""), 1, 0);
        double usage = sample(text, "jxapi_vm_cpu_usage_ratio{", uuid);
        // One of its processors still spins.
        Checks.expect(usage > 0.1 && usage <= 1, "jxapi_vm_cpu_usage_ratio is " + usage);
        near("jxapi_host_memory_total_bytes", sample(text, "jxapi_host_memory_total_bytes ", ""),
                1024 * last("host", hostUuid()).get("memory_total_kib"), 0);
        console.ask("spin 0", "spins 0", ANSWER);
    }

    private static double sample(String text, String start, String part) {
        return text.lines()
                .filter(line -> line.startsWith(start) && line.contains(part))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("/metrics has no " + start + part));
    }

    private void restart() throws Exception {
        long stopped = System.currentTimeMillis() / 1000;
        all.jxapid.stop();
        all.startJxapid();
        long started = System.currentTimeMillis() / 1000;
        Checks.await("values after the restart", 90, () -> {
            try {
                return !Double.isNaN(average(updates(started), "vm:" + uuid + ":memory", time -> time > started));
            } catch (IOException e) {
                throw new AssertionError(e.toString(), e);
            }
        });
        JsonNode updates = updates(stopped - 60);
        int column = column(updates, "vm:" + uuid + ":memory");
        List<Long> missing = new ArrayList<>();
        for (JsonNode row : updates.path("data")) {
            if (Double.isNaN(row.path("values").path(column).asDouble(Double.NaN))) {
                missing.add(row.path("t").asLong());
            }
        }
        System.out.println("      stopped at " + stopped + ", answered at " + started + ", no values at " + missing);
        Checks.expect(missing.stream().allMatch(time -> time >= stopped - 10 && time <= started + 15),
                "values are missing at " + missing);
        Checks.expect(!Double.isNaN(average(updates, "vm:" + uuid + ":cpu0", time -> time <= stopped - 10)),
                "the values before the restart are gone");
    }

    private String hostUuid() {
        return api.text("host.get_uuid", api.refs("host.get_all").get(0));
    }

    /** The newest raw values of a subject, by the names of its sources. */
    private Map<String, Double> last(String kind, String subject) throws IOException {
        Map<String, Double> last = new HashMap<>();
        for (JsonNode source : json.readTree(get("/" + kind + "_rrd?json=true&uuid=" + subject + "&session_id=" + api.session()))
                .path("ds")) {
            last.put(source.path("name").asText(), source.path("last_ds").asDouble(Double.NaN));
        }
        return last;
    }

    private JsonNode updates(long start) throws IOException {
        return json.readTree(get("/rrd_updates?json=true&cf=AVERAGE&host=true&interval=5&start=" + start + "&session_id="
                + api.session()));
    }

    private static int column(JsonNode updates, String legend) {
        int column = 0;
        for (JsonNode entry : updates.path("meta").path("legend")) {
            if (entry.asText().equals("AVERAGE:" + legend)) {
                return column;
            }
            column++;
        }
        return -1;
    }

    private static double average(JsonNode updates, String legend, Predicate<Long> times) {
        int column = column(updates, legend);
        List<Double> values = new ArrayList<>();
        for (JsonNode row : updates.path("data")) {
            double value = row.path("values").path(column).asDouble(Double.NaN);
            if (times.test(row.path("t").asLong()) && !Double.isNaN(value)) {
                values.add(value);
            }
        }
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private String get(String path) throws IOException {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + Jxapid.PORT + path)).build(),
                    HttpResponse.BodyHandlers.ofString());
            Checks.expectEqual(200, response.statusCode(), "status of " + path.replaceAll("session_id=.*", ""));
            return response.body();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double number(String file) {
        return Double.parseDouble(Command.run("cat", file));
    }

    private static double xl(String script) {
        return Double.parseDouble(Command.run("sh", "-c", script));
    }

    private double xenstore(String node) {
        return Double.parseDouble(Command.run("xenstore-read", "/local/domain/" + domid + "/" + node));
    }
}
