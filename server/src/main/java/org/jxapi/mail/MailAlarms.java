package org.jxapi.mail;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Row;
import org.jxapi.local.ThisPool;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mails each new message to {@code mail-destination} in {@code other_config} of the pool. As in XAPI a mail that the server
 * does not take is not sent again, and the log has the reason.
 */
public final class MailAlarms implements ChangeLog.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(MailAlarms.class);
    /** XAPI's limit. */
    private static final int MOST_WAITING = 100;
    /** XAPI's priority, up to which messages are mailed: a lower number is more urgent. */
    private static final int USUAL_PRIORITY = 3;

    private static final String ADDRESS = "[^\\s<>\\p{Cntrl}]+";

    private final Store store;
    private final Path languages;
    private final BlockingQueue<Row<Message>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

    /** @param languages the folder of language packs, such as {@code ja-JP.json} */
    public MailAlarms(Store store, Path languages) {
        this.store = store;
        this.languages = languages;
    }

    /** Mails all messages from now on, on a thread of its own. */
    public void start() {
        store.changes().addListener(this);
        Thread thread = new Thread(this::work, "mail");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void committed(Snapshot snapshot, List<ChangeLog.Change> changes) {
        for (ChangeLog.Change change : changes) {
            if (change.kind() == ChangeLog.Kind.ADD) {
                change.rowOf(Message.XEN_CLASS).filter(row -> wanted(snapshot)).ifPresent(this::queue);
            }
        }
    }

    private static boolean wanted(Snapshot snapshot) {
        return ThisPool.find(snapshot)
                .filter(pool -> !destination(pool.row()).isEmpty())
                .isPresent();
    }

    private static String destination(Row<Pool> pool) {
        return pool.get(Pool.OTHER_CONFIG).getOrDefault("mail-destination", "");
    }

    private void queue(Row<Message> message) {
        if (!waiting.offer(message)) {
            LOG.warn("Mail: {} mails wait, message {} is not mailed", MOST_WAITING, message.get(Message.UUID));
        }
    }

    private void work() {
        while (true) {
            try {
                send(waiting.take());
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                LOG.warn("Mail: not sent: {}", e.getMessage());
            }
        }
    }

    private void send(Row<Message> message) throws IOException {
        Snapshot now = store.snapshot();
        Row<Pool> pool = ThisPool.row(now);
        Map<String, String> config = pool.get(Pool.OTHER_CONFIG);
        if (message.get(Message.PRIORITY) > priority(config.get("mail-min-priority"))) {
            return;
        }
        String hub = config.get("ssmtp-mailhub");
        if (hub == null) {
            throw new IOException("other_config of the pool has a mail-destination, but no ssmtp-mailhub");
        }
        List<String> to = Arrays.stream(destination(pool).split("[,;\\s]+"))
                .filter(each -> !each.isEmpty())
                .toList();
        String name = self(now.get(pool.get(Pool.MASTER), Host.HOSTNAME));
        String from = config.getOrDefault("mail-sender", "noreply@" + name);
        for (String address : to) {
            check(address);
        }
        check(from);
        MailText text = new MailText(now, MailLanguage.of(languages, config.get("mail-language")));
        MailHub.of(hub)
                .send(
                        new Mail(
                                from,
                                to,
                                text.subject(message),
                                text.body(message),
                                charset(config.get("mail-charset"))),
                        name);
        LOG.info("Mail: message {} ({}) sent", message.get(Message.UUID), message.get(Message.NAME));
    }

    /** The name of this host, as mail servers take it. */
    private static String self(String hostname) {
        return hostname.matches("[A-Za-z0-9.-]+") ? hostname : "localhost";
    }

    private static int priority(@Nullable String given) throws IOException {
        if (given == null) {
            return USUAL_PRIORITY;
        }
        if (!given.matches("-?\\d{1,9}")) {
            throw new IOException("mail-min-priority is no number: " + given);
        }
        return Integer.parseInt(given);
    }

    /** An address ends no line of SMTP and no address of it. */
    private static void check(String address) throws IOException {
        if (!address.matches(ADDRESS)) {
            throw new IOException("no address for mail: " + address);
        }
    }

    private static Charset charset(@Nullable String given) {
        try {
            return given == null ? StandardCharsets.UTF_8 : Charset.forName(given);
        } catch (IllegalArgumentException e) {
            LOG.warn("Mail: unknown mail-charset {}; it is utf-8", given);
            return StandardCharsets.UTF_8;
        }
    }
}
