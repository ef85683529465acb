package org.jxapi.mail;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Row;
import org.jxapi.local.ThisPool;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;

/** Subject and text of the mail about a message: sentences for alarms, a table for all others, as XAPI has them. */
final class MailText {
    private static final String BRAND = "jxapi";
    private static final Pattern VALUE = Pattern.compile("value: *(-?[0-9.]+)");
    private static final Pattern HOLE = Pattern.compile("\\{(\\w+)}");

    /**
     * An alarm as its message has it.
     *
     * @param kind the name of its text in language packs
     * @param percent whether its numbers are shares of one
     */
    private record Alarm(String kind, boolean percent) {}

    private static final Map<String, Alarm> ALARMS = Map.of(
            "cpu_usage", new Alarm("cpu_usage_alarm", true),
            "network_usage", new Alarm("network_usage_alarm", false),
            "memory_free_kib", new Alarm("memory_usage_alarm", false),
            "memory_internal_free", new Alarm("memory_usage_alarm", false),
            "disk_usage", new Alarm("disk_usage_alarm", false),
            "fs_usage", new Alarm("dom0fs_usage_alarm", true),
            "log_fs_usage", new Alarm("dom0logfs_usage_alarm", true),
            "mem_usage", new Alarm("dom0memory_usage_alarm", true));

    private final Snapshot now;
    private final MailLanguage language;

    MailText(Snapshot now, MailLanguage language) {
        this.now = now;
        this.language = language;
    }

    String subject(Row<Message> message) {
        String kind = kind(message);
        return kind == null
                ? "[%s] %s Message: %s %s %s"
                        .formatted(
                                pool(),
                                BRAND,
                                message.get(Message.CLS).wire(),
                                message.get(Message.OBJ_UUID),
                                message.get(Message.NAME))
                : fill(language.subject(kind), values(message));
    }

    String body(Row<Message> message) {
        String kind = kind(message);
        return kind == null ? table(message) : fill(language.body(kind), values(message));
    }

    private String table(Row<Message> message) {
        return "Field\t\tValue\n-----\t\t-----\n"
                + "Name:\t\t" + message.get(Message.NAME) + "\n"
                + "Priority:\t" + message.get(Message.PRIORITY) + "\n"
                + "Class:\t\t" + message.get(Message.CLS).wire() + "\n"
                + "Object UUID:\t" + message.get(Message.OBJ_UUID) + "\n"
                + "Timestamp:\t" + message.get(Message.TIMESTAMP) + "\n"
                + "Message UUID:\t" + message.get(Message.UUID) + "\n"
                + "Pool name:\t" + pool() + "\n"
                + "Body:\t" + message.get(Message.BODY) + "\n";
    }

    /** The name of the pool, or of its coordinator. */
    private String pool() {
        Row<Pool> pool = ThisPool.row(now);
        return pool.get(Pool.NAME_LABEL).isEmpty()
                ? now.get(pool.get(Pool.MASTER), Host.NAME_LABEL)
                : pool.get(Pool.NAME_LABEL);
    }

    /** The name of the text for a message; null for one without a text of its own. */
    private static @Nullable String kind(Row<Message> message) {
        if (message.get(Message.NAME).equals("HA_HOST_FAILED")) {
            return "ha_host_failed";
        }
        if (!message.get(Message.NAME).equals("ALARM")
                || !VALUE.matcher(message.get(Message.BODY)).lookingAt()) {
            return null;
        }
        String variable = attribute(message.get(Message.BODY), "name").orElse("");
        Alarm alarm = ALARMS.get(variable);
        if (alarm != null) {
            return alarm.kind();
        }
        return variable.matches("sr_io_throughput_total_[0-9a-f]{8}") ? "sr_io_throughput_total_alert" : null;
    }

    private Map<String, String> values(Row<Message> message) {
        String body = message.get(Message.BODY);
        Cls cls = message.get(Message.CLS);
        Alarm alarm = ALARMS.get(attribute(body, "name").orElse(""));
        double unit = alarm != null && alarm.percent() ? 100 : 1;
        boolean throughput = alarm == null;
        Map<String, String> values = new HashMap<>();
        values.put("pool_name", pool());
        values.put("product_brand", BRAND);
        values.put("brand_console", BRAND);
        values.put("cls", cls.wire());
        values.put("cls_name", cls == Cls.HOST ? "Server" : "VM");
        values.put("name_label", name(cls, message.get(Message.OBJ_UUID)));
        values.put("text", body);
        values.put("period", attribute(body, "alarm_trigger_period").orElse("60"));
        Matcher value = VALUE.matcher(body);
        if (value.lookingAt()) {
            values.put("value", number(value.group(1), unit, unit > 1 || throughput));
        }
        String level = attribute(body, "alarm_trigger_level").orElse(throughput || unit == 1 ? "0" : "0.9");
        values.put("level", number(level, throughput ? 1024 : unit, unit > 1));
        attribute(body, "configured_on", "uuid")
                .flatMap(uuid -> now.byUuid(SR.XEN_CLASS, uuid))
                .ifPresent(sr -> values.put("sr_name", sr.row().get(SR.NAME_LABEL)));
        return values;
    }

    private static String number(String text, double unit, boolean tenths) {
        try {
            return String.format(Locale.ROOT, tenths ? "%.1f" : "%.0f", Double.parseDouble(text) * unit);
        } catch (NumberFormatException e) {
            return text;
        }
    }

    private String name(Cls cls, String uuid) {
        return cls == Cls.HOST
                ? now.byUuid(Host.XEN_CLASS, uuid)
                        .map(host -> host.row().get(Host.NAME_LABEL))
                        .orElse(uuid)
                : now.byUuid(VM.XEN_CLASS, uuid)
                        .map(vm -> vm.row().get(VM.NAME_LABEL))
                        .orElse(uuid);
    }

    private static Optional<String> attribute(String body, String element) {
        return attribute(body, element, "value");
    }

    /** An attribute of the alarm's setting, which is in the message as XML. */
    private static Optional<String> attribute(String body, String element, String name) {
        Matcher found = Pattern.compile("<" + element + "\\s[^>]*\\b" + name + "=\"([^\"]*)\"")
                .matcher(body);
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    private static String fill(String pattern, Map<String, String> values) {
        return HOLE.matcher(pattern)
                .replaceAll(hole -> Matcher.quoteReplacement(values.getOrDefault(hole.group(1), "")));
    }
}
