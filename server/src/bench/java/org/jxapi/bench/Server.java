package org.jxapi.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server in a process of its own, that prints where it listens. */
final class Server implements AutoCloseable {
    private final Process process;
    private final Path folder;
    private final BufferedReader out;
    private final String ready;

    private Server(Path folder, List<String> command) throws IOException {
        this.folder = folder;
        process = new ProcessBuilder(command)
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        ready = awaitReady();
    }

    /** Waits for its next line, which says where it listens. */
    String awaitReady() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("did not start, see " + folder.resolve("log"));
        }
        return line;
    }

    /** The built jxapid as its users start it, over the simulator, with its data in that folder. */
    static Server jxapid(Path folder, String... more) throws IOException {
        return jxapid("127.0.0.1", folder, more);
    }

    /** The same at an address of its own. */
    static Server jxapid(String address, Path folder, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of("..", "packaging", "bin", "jxapid").toString(),
                "--data-dir=" + folder.resolve("data"),
                "--http=" + address + ":0",
                "--https=" + address + ":0",
                "--unix-socket=" + folder.resolve("socket"),
                "--nbd=off",
                "--hypervisor=simulator",
                "--simulator-delays=off"));
        command.addAll(List.of(more));
        return new Server(folder, command);
    }

    /** Jetty alone, which answers all requests with the same head and body. */
    static Server jetty(Path folder, String head, byte[] body) throws IOException {
        Files.writeString(folder.resolve("head"), head);
        Files.write(folder.resolve("body"), body);
        return new Server(
                folder,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlainJetty.class.getName(),
                        folder.resolve("head").toString(),
                        folder.resolve("body").toString()));
    }

    int port() {
        return port("http");
    }

    /** @param scheme http or https */
    int port(String scheme) {
        return Integer.parseInt(ready.replaceAll(".*?" + scheme + "://[0-9.]+:(\\d+).*", "$1"));
    }

    /** A session of root. */
    String login(HttpClient client) throws IOException {
        return HttpClient.ref(client.call("session.login_with_password", "root", password()));
    }

    String password() throws IOException {
        return Files.readString(folder.resolve("data/root-password")).strip();
    }

    /** Has the simulator do something; the seconds that it takes. */
    double order(HttpClient client, String path, String body) throws IOException {
        String token = Files.readString(folder.resolve("data/simulator-token")).strip();
        long begin = System.nanoTime();
        String answer = new String(
                client.exchange(HttpClient.post("/simulator" + path, body, "Authorization: Bearer " + token + "\r\n")),
                StandardCharsets.UTF_8);
        if (!answer.strip().equals("{}")) {
            throw new IOException(answer);
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
