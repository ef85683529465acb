package org.jxapi.daemon;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jxapi.store.FolderTree;

/**
 * The run that {@code jxapid --class-archive} archives the classes of: two starts over a temporary data folder, the first
 * with a new world, the second with a database that is there already, and some calls each.
 */
final class ArchiveRun {
    private static final List<String> CALLS =
            List.of("VM.get_all_records", "host.get_all_records", "event.from", "VM.start");

    private ArchiveRun() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("jxapi-class-archive");
        try {
            Settings settings = Settings.parse(List.of(
                    "--data-dir=" + folder.resolve("data"),
                    "--http=127.0.0.1:0",
                    "--https=127.0.0.1:0",
                    "--unix-socket=" + folder.resolve("socket"),
                    "--hypervisor=simulator",
                    "--simulator-world=laptop"));
            Logging.start(null, LogLevel.INFO);
            for (int start = 0; start < 2; start++) {
                try (Daemon daemon = Daemon.start(settings, new Life())) {
                    call(
                            daemon,
                            Files.readString(folder.resolve("data/root-password"))
                                    .strip());
                }
            }
        } finally {
            FolderTree.delete(folder);
        }
    }

    private static void call(Daemon daemon, String password) throws IOException {
        URI http = URI.create(daemon.endpoints().get(0));
        String login = json("session.login_with_password", "root", password);
        String session = post(http, "/jsonrpc", login).replaceAll("(?s).*\"(OpaqueRef:[0-9a-f-]+)\".*", "$1");
        for (String method : CALLS) {
            post(http, "/jsonrpc", json(method, session));
            post(
                    http,
                    "/RPC2",
                    "<methodCall><methodName>" + method + "</methodName><params><param><value>" + session
                            + "</value></param></params></methodCall>");
        }
    }

    private static String json(String method, String... params) {
        return "{\"method\":\"" + method + "\",\"params\":[\"" + String.join("\",\"", params) + "\"],\"id\":1}";
    }

    private static String post(URI server, String path, String body) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.getOutputStream()
                    .write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
