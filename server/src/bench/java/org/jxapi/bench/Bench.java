package org.jxapi.bench;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The start with a database of 1,000 VMs, and VM.get_record over XML-RPC and JSON-RPC beside Jetty sending the same bytes
 * in the same run. Servers run in processes of their own; rounds alternate, and the medians count.
 */
final class Bench {
    private static final int VMS = Integer.getInteger("vms", 1000);
    private static final int STARTS = 5;
    private static final int CLIENTS = 4;
    private static final int ROUNDS = 5;
    private static final long ROUND_MS = Long.getLong("round", 3000);

    private Bench() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("jxapi-bench");
        Process daemon = daemon(folder);
        int port = port(daemon);
        String session = result(json(port, "session.login_with_password", "root", password(folder)));
        String template = result(json(port, "VM.get_by_name_label", session, "Other install media"))
                .replaceAll(".*(OpaqueRef:[0-9a-f-]+).*", "$1");
        String vm = "";
        for (int i = 0; i < VMS; i++) {
            vm = result(json(port, "VM.clone", session, template, "vm " + i));
        }
        String xml = "<?xml version=\"1.0\"?><methodCall><methodName>VM.get_record</methodName><params><param><value>"
                + session + "</value></param><param><value>" + vm + "</value></param></params></methodCall>";
        throughput("XML-RPC", folder, port, request("/RPC2", xml));
        throughput("JSON-RPC", folder, port, request("/jsonrpc", body("VM.get_record", session, vm)));
        stop(daemon);
        start(folder);
    }

    private static void start(Path folder) throws Exception {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            long begin = System.nanoTime();
            Process daemon = daemon(folder);
            result(json(port(daemon), "session.login_with_password", "root", password(folder)));
            seconds.add((System.nanoTime() - begin) / 1e9);
            stop(daemon);
        }
        Collections.sort(seconds);
        System.out.printf(
                "start to first answer with %d VMs: best %.2f s, median %.2f s%n",
                VMS, seconds.get(0), seconds.get(STARTS / 2));
    }

    private static void throughput(String name, Path folder, int port, byte[] request) throws Exception {
        byte[] answer = exchange(port, request);
        Path file = Files.write(folder.resolve("answer"), answer);
        Process jetty = java(folder, "org.jxapi.bench.PlainJetty", file.toString());
        int plain = Integer.parseInt(reader(jetty)
                .lines()
                .filter(l -> l.startsWith("port "))
                .findFirst()
                .orElseThrow()
                .substring(5));
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        round(port, request);
        round(plain, request);
        for (int i = 0; i < ROUNDS; i++) {
            ours.add(round(port, request));
            theirs.add(round(plain, request));
            ratios.add(ours.get(i) / theirs.get(i));
        }
        stop(jetty);
        System.out.printf(
                "VM.get_record over %s, %d bytes, %d clients: %.0f/s; Jetty alone %.0f/s; ratio %.2f%n",
                name, answer.length, CLIENTS, median(ours), median(theirs), median(ratios));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    /** Requests a second of some clients on connections that stay open. */
    private static double round(int port, byte[] request) throws Exception {
        AtomicLong answers = new AtomicLong();
        long begin = System.nanoTime();
        long end = begin + ROUND_MS * 1_000_000;
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(() -> {
                try (Socket socket = new Socket("127.0.0.1", port)) {
                    while (System.nanoTime() < end) {
                        socket.getOutputStream().write(request);
                        read(socket.getInputStream());
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

    private static byte[] exchange(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request);
            return read(socket.getInputStream());
        }
    }

    /** The body of an answer whose head says its length. */
    private static byte[] read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(512);
        int newlines = 0;
        while (newlines < 2) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("closed: " + head);
            }
            head.write(b);
            newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
        }
        for (String line : head.toString(StandardCharsets.ISO_8859_1).split("\r\n")) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                return in.readNBytes(Integer.parseInt(line.substring(15).strip()));
            }
        }
        throw new IOException("no length: " + head);
    }

    private static String json(int port, String method, String... params) throws IOException {
        return new String(exchange(port, request("/jsonrpc", body(method, params))), StandardCharsets.UTF_8);
    }

    private static String result(String answer) {
        if (!answer.contains("\"error\":null")) {
            throw new IllegalStateException(answer);
        }
        return answer.replaceAll("^\\{\"result\":\"?(.*?)\"?,\"error\":null.*", "$1");
    }

    private static String body(String method, String... params) {
        return "{\"method\":\"" + method + "\",\"params\":[\"" + String.join("\",\"", params) + "\"],\"id\":1}";
    }

    private static byte[] request(String path, String body) {
        return ("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Process daemon(Path folder) throws IOException {
        return java(
                folder,
                "org.jxapi.daemon.Jxapid",
                "--data-dir",
                folder.resolve("data").toString(),
                "--http",
                "127.0.0.1:0",
                "--https",
                "off",
                "--unix-socket",
                folder.resolve("socket").toString(),
                "--hypervisor",
                "simulator",
                "--simulator-delays",
                "off");
    }

    private static Process java(Path folder, String main, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** The port in the daemon's ready line. */
    private static int port(Process daemon) throws IOException {
        String line = reader(daemon).readLine();
        return Integer.parseInt(line.replaceAll(".*http://127.0.0.1:(\\d+).*", "$1"));
    }

    private static String password(Path folder) throws IOException {
        return Files.readString(folder.resolve("data/root-password")).strip();
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
