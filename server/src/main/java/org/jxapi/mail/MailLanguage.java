package org.jxapi.mail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The texts of mails about alarms: English ones, or those of a language pack in XAPI's form. */
final class MailLanguage {
    private static final Logger LOG = LoggerFactory.getLogger(MailLanguage.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENGLISH = "en-US";

    /** Subject and text for each kind of alarm, with the placeholders of XAPI's language packs. */
    private static final Map<String, String[]> TEXTS = Map.of(
            "cpu_usage_alarm", usage("CPU usage", "more", "%"),
            "network_usage_alarm", usage("Network usage", "more", " B/s"),
            "memory_usage_alarm", usage("Memory usage", "less", " KiB free"),
            "disk_usage_alarm", usage("Disk usage", "more", " B/s"),
            "dom0fs_usage_alarm", share("Filesystem nearly full", "The file system of the control domain is full to"),
            "dom0logfs_usage_alarm", share("Log partition nearly full", "The file system of the logs is full to"),
            "dom0memory_usage_alarm", share("Dom0 memory demand is high", "The control domain needs, of its memory,"),
            "sr_io_throughput_total_alert",
                    new String[] {
                        "[{pool_name}] Storage Throughput Alarm: The total IO throughput on \"{sr_name}\"",
                        "In the last {period} seconds, host \"{name_label}\" read and wrote {value} MB/s on SR"
                                + " \"{sr_name}\".\nThe alarm comes at more than {level} KB/s.\n"
                    },
            "ha_host_failed",
                    new String[] {
                        "[{pool_name}] {product_brand} HA Alarm: {text}",
                        "{text}\n\nThe alarm comes when a host of a pool with high availability fails.\n"
                    });

    private final @Nullable JsonNode pack;

    private MailLanguage(@Nullable JsonNode pack) {
        this.pack = pack;
    }

    private static String[] usage(String what, String than, String unit) {
        return new String[] {
            "[{pool_name}] {product_brand} Alarm: " + what + " on {cls} \"{name_label}\"",
            what + " of {cls} \"{name_label}\": {value}" + unit + ", on average over the last {period} seconds.\n"
                    + "The alarm comes at " + than + " than {level}" + unit + ".\n"
        };
    }

    private static String[] share(String what, String sentence) {
        return new String[] {
            "[{pool_name}] {product_brand} Alarm: " + what + " on \"{name_label}\"",
            sentence + " {value}% on \"{name_label}\".\nThe alarm comes at more than {level}%.\n"
        };
    }

    /**
     * A language by its name; English where there is no pack that can be read, which the log says.
     *
     * @param name such as {@code ja-JP}; null for English
     */
    static MailLanguage of(Path folder, @Nullable String name) {
        if (name == null || name.equals(ENGLISH)) {
            return new MailLanguage(null);
        }
        Path file = name.matches("[A-Za-z0-9_-]{1,40}") ? folder.resolve(name + ".json") : null;
        if (file == null || !Files.isRegularFile(file)) {
            LOG.warn("Mail: there is no language pack {} in {}; mails are in English", name, folder);
            return new MailLanguage(null);
        }
        try {
            return new MailLanguage(JSON.readTree(file.toFile()).path("mail-alarms"));
        } catch (IOException e) {
            LOG.warn("Mail: {} cannot be read, mails are in English: {}", file, e.getMessage());
            return new MailLanguage(null);
        }
    }

    String subject(String alarm) {
        return text(alarm, "subject", 0);
    }

    String body(String alarm) {
        return text(alarm, "body", 1);
    }

    private String text(String alarm, String part, int index) {
        String own = pack == null ? "" : pack.path(alarm).path(part).asText();
        String[] english = TEXTS.get(alarm);
        return own.isEmpty() && english != null ? english[index] : own;
    }
}
