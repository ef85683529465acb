package org.jxapi.member;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jxapi.harness.Program;
import org.jxapi.harness.SocketDoor;

/** Hosts with a network namespace each, and a cable from each to a switch. Only root may make them. */
final class Cables implements Site, AutoCloseable {
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final int FIRST_PORT = 8000;

    private final String id = "jxp" + ProcessHandle.current().pid() + "-" + MADE.incrementAndGet();
    private final String hub = id + "-s";
    private final int hosts;
    private final AtomicInteger ports = new AtomicInteger(FIRST_PORT);
    private final Map<Integer, SocketDoor> doors = new ConcurrentHashMap<>();

    /** IOException if this machine has no such namespaces, or does not let this process make them. */
    Cables(int hosts) throws IOException, InterruptedException {
        this.hosts = hosts;
        try {
            run("ip", "netns", "add", hub);
            run("ip", "-n", hub, "link", "add", "hub", "type", "bridge");
            run("ip", "-n", hub, "link", "set", "hub", "up");
            for (int host = 1; host <= hosts; host++) {
                connect(host);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void connect(int host) throws IOException, InterruptedException {
        String space = space(host);
        String port = port(host);
        run("ip", "netns", "add", space);
        run("ip", "-n", hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space);
        run("ip", "-n", hub, "link", "set", port, "master", "hub", "up");
        run("ip", "-n", space, "address", "add", address(host) + "/24", "dev", "eth0");
        run("ip", "-n", space, "link", "set", "eth0", "up");
        run("ip", "-n", space, "link", "set", "lo", "up");
        inside(host, "nft", "add table ip cut");
        inside(host, "nft", "add chain ip cut in { type filter hook input priority 0; }");
    }

    private String space(int host) {
        return id + "-" + host;
    }

    private static String port(int host) {
        return "port" + host;
    }

    @Override
    public String address(int host) {
        return "10.79.3." + host;
    }

    @Override
    public int freePort(int host) {
        return ports.incrementAndGet();
    }

    /** By its unix socket, which every cut leaves. */
    @Override
    public synchronized URL http(TestPool.Member host) throws IOException {
        SocketDoor door = doors.get(host.number);
        if (door == null) {
            door = new SocketDoor(host.folder().resolve("sock"));
            doors.put(host.number, door);
        }
        return URI.create("http://127.0.0.1:" + door.port() + "/").toURL();
    }

    @Override
    public List<String> inside(int host) {
        return List.of("ip", "netns", "exec", space(host));
    }

    private void inside(int host, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(inside(host));
        words.addAll(List.of(command));
        run(words.toArray(String[]::new));
    }

    /** Pulls the cable of a host. */
    void pull(int host) throws IOException, InterruptedException {
        run("ip", "-n", hub, "link", "set", port(host), "down");
    }

    /** Plugs it again. */
    void plug(int host) throws IOException, InterruptedException {
        run("ip", "-n", hub, "link", "set", port(host), "up");
    }

    /** The host sends, but receives nothing from that one. */
    void deafen(int host, int to) throws IOException, InterruptedException {
        inside(host, "nft", "add rule ip cut in ip saddr " + address(to) + " drop");
    }

    /** The host receives everything again. */
    void cure(int host) throws IOException, InterruptedException {
        inside(host, "nft", "flush chain ip cut in");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Program.Ran ran = Program.run(Path.of("/"), command);
        if (ran.status() != 0) {
            throw new IOException(
                    String.join(" ", command) + ": " + ran.output().strip());
        }
    }

    /** Removes them; the daemons there must have ended. */
    @Override
    public void close() throws InterruptedException {
        doors.values().forEach(SocketDoor::close);
        for (int host = 0; host <= hosts; host++) {
            try {
                run("ip", "netns", "delete", host == 0 ? hub : space(host));
            } catch (IOException e) {
                // It was never made.
            }
        }
    }
}
