package org.jxapi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The start with a database of 1,000 VMs, and VM.get_record over XML-RPC and JSON-RPC, compared with Jetty sending the
 * same bytes in the same run. Rounds alternate, and the medians count.
 */
final class Bench {
    private static final int VMS = Integer.getInteger("vms", 1000);
    private static final int STARTS = 7;
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 7;
    private static final long ROUND_MS = Long.getLong("round", 3000);

    private Bench() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("jxapi-bench");
        try (Server jxapid = Server.jxapid(folder);
                HttpClient client = new HttpClient(jxapid.port())) {
            String session = jxapid.login(client);
            String template = HttpClient.ref(client.call("VM.get_by_name_label", session, "Other install media"));
            String vm = "";
            for (int i = 0; i < VMS; i++) {
                vm = HttpClient.ref(client.call("VM.clone", session, template, "vm " + i));
            }
            throughput(
                    "XML-RPC",
                    folder,
                    jxapid.port(),
                    HttpClient.post("/RPC2", HttpClient.xml("VM.get_record", session, vm)));
            throughput(
                    "JSON-RPC",
                    folder,
                    jxapid.port(),
                    HttpClient.post("/jsonrpc", HttpClient.json("VM.get_record", session, vm)));
        }
        start(folder);
    }

    private static void start(Path folder) throws Exception {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            long begin = System.nanoTime();
            try (Server jxapid = Server.jxapid(folder);
                    HttpClient client = new HttpClient(jxapid.port())) {
                jxapid.login(client);
                seconds.add((System.nanoTime() - begin) / 1e9);
            }
        }
        Collections.sort(seconds);
        System.out.printf(
                "start to first answer with %d VMs: best %.2f s, median %.2f s, worst %.2f s%n",
                VMS, seconds.get(0), median(seconds), seconds.get(STARTS - 1));
    }

    private static void throughput(String name, Path folder, int port, byte[] request) throws Exception {
        byte[] answer;
        String head;
        try (HttpClient client = new HttpClient(port)) {
            answer = client.exchange(request);
            head = client.head();
        }
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        try (Server jetty = Server.jetty(folder, head, answer)) {
            round(port, request);
            round(jetty.port(), request);
            for (int i = 0; i < ROUNDS; i++) {
                ours.add(round(port, request));
                theirs.add(round(jetty.port(), request));
                ratios.add(ours.get(i) / theirs.get(i));
            }
        }
        System.out.printf(
                "VM.get_record over %s, %d bytes, %d clients: %.0f/s; Jetty alone %.0f/s; ratio %.2f (%.2f to %.2f)%n",
                name,
                answer.length,
                CLIENTS,
                median(ours),
                median(theirs),
                median(ratios),
                Collections.min(ratios),
                Collections.max(ratios));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    /** Requests a second of some clients on connections that stay open. */
    private static double round(int port, byte[] request) throws Exception {
        AtomicLong answers = new AtomicLong();
        long begin = System.nanoTime();
        long end = begin + ROUND_MS * 1_000_000;
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(() -> {
                try (HttpClient http = new HttpClient(port)) {
                    while (System.nanoTime() < end) {
                        http.exchange(request);
                        answers.incrementAndGet();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            client.start();
            clients.add(client);
        }
        for (Thread client : clients) {
            client.join();
        }
        return answers.get() * 1e9 / (System.nanoTime() - begin);
    }
}
