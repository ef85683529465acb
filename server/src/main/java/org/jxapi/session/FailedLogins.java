package org.jxapi.session;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.dispatch.Call;

/** Counts wrong logins, for the alert FAILED_LOGIN_ATTEMPTS: AuthFail in ocaml/xapi/xapi_session.ml. */
public final class FailedLogins {
    /** The clients that the alert names. */
    private static final int NAMED = 3;
    /** Further clients are counted together. */
    private static final int CLIENTS = 1000;

    private static final int LONGEST = 64;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

    private record Client(String user, String originator, String userAgent, String address) {}

    private record Attempts(int count, Instant last) {}

    private final Clock clock;
    private final Map<Client, Attempts> clients = new HashMap<>();
    private int unknown;

    public FailedLogins(Clock clock) {
        this.clock = clock;
    }

    synchronized void count(Call.Origin origin, String user, String originator) {
        Client client = new Client(cut(user), cut(originator), cut(origin.userAgent()), cut(origin.peer()));
        Attempts before = clients.getOrDefault(client, new Attempts(0, Instant.EPOCH));
        if (before.count() == 0 && clients.size() >= CLIENTS) {
            unknown++;
            return;
        }
        clients.put(client, new Attempts(before.count() + 1, clock.instant()));
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    }

    /** The body of the alert about wrong logins since the last call; empty when there were none. */
    public synchronized Optional<String> take() {
        if (clients.isEmpty() && unknown == 0) {
            return Optional.empty();
        }
        int known = clients.values().stream().mapToInt(Attempts::count).sum();
        List<Map.Entry<Client, Attempts>> worst = clients.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<Client, Attempts> entry) ->
                                entry.getValue().count())
                        .reversed())
                .limit(NAMED)
                .toList();
        StringBuilder body = new StringBuilder("<body>");
        if (!worst.isEmpty()) {
            body.append("\n<total>").append(known + unknown).append("</total>");
        }
        worst.forEach(entry -> describe(body, entry.getKey(), entry.getValue()));
        if (unknown > 0) {
            body.append("\n<unknown>").append(unknown).append("</unknown>");
        }
        clients.clear();
        unknown = 0;
        return Optional.of(body.append("\n</body>").toString());
    }

    private static void describe(StringBuilder body, Client client, Attempts attempts) {
        body.append("\n<known>");
        element(body, "username", client.user());
        element(body, "originator", client.originator());
        element(body, "useragent", client.userAgent());
        element(body, "ip", client.address());
        element(body, "number", Integer.toString(attempts.count()));
        element(body, "date", DATE.format(attempts.last()));
        body.append("\n</known>");
    }

    /** XAPI writes text as it is. Here a client cannot add elements of its own. */
    private static void element(StringBuilder body, String name, String text) {
        if (!text.isEmpty()) {
            body.append("\n<").append(name).append('>');
            body.append(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
            body.append("</").append(name).append('>');
        }
    }
}
