package org.jxapi.raft;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.store.StateImage;
import org.jxapi.store.StoreSettings;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Network;

/**
 * A member in a process of its own, for tests that kill it. It reads requests from its standard input, a line each, and
 * writes an answer to each, with the request's number in front:
 *
 * <pre>
 * 1 write NAME            makes a network of that name: ok NUMBER
 * 2 names                 ok NAME=NUMBER,…, the networks and the numbers of the changes that made them
 * 3 position              ok NUMBER HASH
 * 4 leads                 ok true
 * 5 add ID PORT           adds that member, with a vote: ok
 * 6 remove ID             removes that member: ok
 * </pre>
 *
 * A failure is {@code no REASON}.
 */
final class RaftProcess {
    private final RaftMember member;

    private RaftProcess(RaftMember member) {
        this.member = member;
    }

    /** Arguments: found, join or resume; the group; the id; the port; the data folder. */
    public static void main(String[] args) throws Exception {
        MemberSettings settings =
                settings(UUID.fromString(args[1]), args[2], Integer.parseInt(args[3]), Path.of(args[4]));
        RaftProcess process = new RaftProcess(
                switch (args[0]) {
                    case "found" -> RaftMember.found(settings, state(settings));
                    case "join" -> RaftMember.join(settings);
                    default -> RaftMember.resume(settings);
                });
        System.out.println("ready");
        ExecutorService threads = Executors.newCachedThreadPool();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String request = line;
            threads.execute(() -> process.answer(request));
        }
        System.exit(0);
    }

    static MemberSettings settings(UUID group, String id, int port, Path data) {
        return new MemberSettings(
                group, id, "127.0.0.1", port, StoreSettings.of(data), null, Duration.ofSeconds(1), 200);
    }

    private static StateImage state(MemberSettings settings) {
        try (H2Store alone = H2Store.open(settings.store().folder())) {
            return alone.image();
        }
    }

    private void answer(String line) {
        String[] words = line.split(" ");
        String answer;
        try {
            answer = "ok " + answer(words);
        } catch (IOException | RuntimeException e) {
            answer = "no " + e.getMessage();
        }
        System.out.println(words[0] + " " + answer);
    }

    private String answer(String[] words) throws IOException {
        switch (words[1]) {
            case "write":
                return Long.toString(write(words[2]));
            case "names":
                return names();
            case "position":
                return member.position();
            case "leads":
                return Boolean.toString(member.leads());
            case "add":
                member.promote(new MemberAddress(words[2], "127.0.0.1", Integer.parseInt(words[3])));
                return "";
            case "remove":
                member.remove(words[2]);
                return "";
            default:
                throw new IOException("unknown: " + words[1]);
        }
    }

    private long write(String name) {
        Ref<Network> made = member.store()
                .transact(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.NAME_LABEL, name)));
        return member.store().snapshot().find(made).orElseThrow().created();
    }

    private String names() {
        StringBuilder names = new StringBuilder();
        for (Stored<Network> network : member.store().snapshot().all(Network.XEN_CLASS)) {
            names.append(network.row().get(Network.NAME_LABEL))
                    .append('=')
                    .append(network.created())
                    .append(',');
        }
        return names.toString();
    }
}
