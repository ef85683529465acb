package org.jxapi.harness;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Type;
import org.jxapi.xenapi.XenModel;

/** Parameters of calls: mostly of the right type, so that they get past the first check, and of every odd value. */
public final class HostileValues {
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "x",
            "true",
            "-1",
            "0",
            "9223372036854775807",
            "1e999",
            "NaN",
            "OpaqueRef:NULL",
            "OpaqueRef:",
            "autodetect",
            "xvda",
            "hda2",
            "00:16:3e:00:00:01",
            "ff:ff:ff:ff:ff:ff",
            "10.0.0.1/33",
            "fe80::1%lo",
            "../../../x",
            "a/b",
            "a,b=c",
            "%s%n%00",
            "$(x)`x`;x|x&x",
            "<a>&lt;</a>",
            "]]>",
            "'\"\\",
            "\u0000",
            "\u001b[2J\r\nX FAKE",
            "\ud800",
            "\ufffe\uffff",
            "\u202etxt",
            "x".repeat(5000));
    private static final List<String> KEYS = List.of(
            "",
            "x",
            "vm-data/x",
            "vm-data/../x",
            "hvm_serial",
            "secureboot",
            "nested-virt",
            "cores-per-socket",
            "folder",
            "XenCenter.CustomFields.x",
            "mac_seed",
            "pci",
            "mtu",
            "firmware",
            "order",
            "kbps",
            "weight",
            "mask",
            "is_a_template",
            "a/b",
            "a\u0000b",
            "k".repeat(300));
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        2,
        7,
        255,
        4096,
        1 << 20,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final double[] FRACTIONS = {0, -0.0, 0.001, 1, -1, 1e308, Double.MIN_VALUE};
    private static final List<String> DATES =
            List.of("20260821T02:00:23Z", "19700101T00:00:00Z", "99991231T23:59:59Z", "20260231T25:61:61Z", "now");

    private static final Set<String> OFTEN = Set.of("VM", "VDI", "VBD", "VIF", "SR", "PBD");

    /** The objects of each class: their records by their references. */
    private final Map<String, Map<String, Map<String, Object>>> objects;

    HostileValues(Map<String, Map<String, Map<String, Object>>> objects) {
        this.objects = objects;
    }

    /** The parameters of a message, the session first where it takes one; sometimes one too many or too few. */
    public List<Object> params(MessageModel message, String session, Random random) {
        List<Object> params = new ArrayList<>();
        if (message.session()) {
            params.add(random.nextInt(200) == 0 ? text(random) : session);
        }
        message.params().forEach(p -> params.add(value(p.type(), random)));
        if (random.nextInt(50) == 0) {
            params.add(any(random, 0));
        }
        if (random.nextInt(50) == 0 && !params.isEmpty()) {
            params.remove(params.size() - 1);
        }
        return params;
    }

    private Object value(Type type, Random random) {
        if (random.nextInt(25) == 0) {
            return any(random, 0);
        }
        if (type instanceof Type.Basic basic) {
            return switch (basic) {
                case INT -> NUMBERS[random.nextInt(NUMBERS.length)];
                case FLOAT -> FRACTIONS[random.nextInt(FRACTIONS.length)];
                case BOOL -> random.nextBoolean();
                case DATETIME -> pick(DATES, random);
                default -> text(random);
            };
        }
        if (type instanceof Type.Enumeration enumeration) {
            return pick(List.copyOf(enumeration.values().keySet()), random);
        }
        if (type instanceof Type.Reference ref) {
            return ref(ref.className(), random);
        }
        if (type instanceof Type.SetOf set) {
            List<Object> members = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                members.add(value(set.element(), random));
            }
            return members;
        }
        if (type instanceof Type.MapOf map) {
            Map<String, Object> members = new LinkedHashMap<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                Object key = map.key() == Type.Basic.STRING ? pick(KEYS, random) : value(map.key(), random);
                members.put(String.valueOf(key), value(map.value(), random));
            }
            return members;
        }
        if (type instanceof Type.Record record) {
            return record(record.className(), random);
        }
        if (type instanceof Type.Option option) {
            return random.nextBoolean() ? List.of() : List.of(value(option.element(), random));
        }
        return text(random);
    }

    /** The record of an object that is there, with up to two fields changed; or one of odd values only. */
    private Map<String, Object> record(String className, Random random) {
        List<Map<String, Object>> known = List.copyOf(known(className).values());
        boolean odd = known.isEmpty() || random.nextInt(4) == 0;
        Map<String, Object> members = new LinkedHashMap<>(odd ? Map.of() : pick(known, random));
        List<? extends Field<?, ?>> fields = XenModel.get(className).publicFields();
        if (odd) {
            for (Field<?, ?> field : fields) {
                if (random.nextInt(10) > 0) {
                    members.put(field.name(), value(field.type(), random));
                }
            }
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            Field<?, ?> field = pick(fields, random);
            members.put(field.name(), value(field.type(), random));
        }
        return members;
    }

    private Map<String, Map<String, Object>> known(String className) {
        return objects.getOrDefault(className, Map.of());
    }

    private String ref(String className, Random random) {
        List<String> known = List.copyOf(known(className).keySet());
        if (!known.isEmpty() && random.nextInt(10) > 0) {
            return pick(known, random);
        }
        return switch (random.nextInt(3)) {
            case 0 -> "OpaqueRef:NULL";
            case 1 -> "OpaqueRef:" + UUID.randomUUID();
            default -> text(random);
        };
    }

    /** Text of any kind, now and then as long as a small file. */
    public String text(Random random) {
        if (random.nextInt(8) == 0) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        return pick(TEXTS, random);
    }

    private Object any(Random random, int depth) {
        return switch (random.nextInt(depth > 2 ? 4 : 6)) {
            case 0 -> text(random);
            case 1 -> NUMBERS[random.nextInt(NUMBERS.length)];
            case 2 -> random.nextBoolean();
            case 3 -> FRACTIONS[random.nextInt(FRACTIONS.length)];
            case 4 -> List.of(any(random, depth + 1), any(random, depth + 1));
            default -> Map.of(pick(KEYS, random), any(random, depth + 1));
        };
    }

    public static <T> T pick(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    /**
     * The messages that are called, half of the time one that changes VMs or storage. Left out are those that would end
     * the run itself or wait for ever, and those that make tasks which only their client ends, or part disks from their
     * files on purpose.
     */
    public static List<MessageModel> messages() {
        List<String> left = List.of(
                "event.next",
                "event.from",
                "session.logout",
                "session.logout_subject_identifier",
                "session.local_logout",
                "session.change_password",
                "host.shutdown",
                "host.reboot",
                "host.restart_agent",
                "host.shutdown_agent",
                "host.power_on",
                "SR.forget",
                "PBD.destroy",
                "VDI.forget",
                "VDI.checksum",
                "VDI.introduce",
                "VDI.pool_introduce",
                "VDI.db_introduce",
                "VDI.db_forget",
                "task.create",
                "task.set_status");
        List<MessageModel> all = new ArrayList<>();
        List<MessageModel> often = new ArrayList<>();
        for (ClassModel<?> model : XenModel.CLASSES) {
            for (MessageModel message : model.messages()) {
                if (!left.contains(message.fullName())) {
                    all.add(message);
                    if (OFTEN.contains(model.name()) && changes(message)) {
                        often.add(message);
                    }
                }
            }
        }
        for (int size = all.size(); all.size() < 2 * size; ) {
            all.addAll(often);
        }
        return all;
    }

    private static boolean changes(MessageModel message) {
        return message.offered() && !message.name().startsWith("get_");
    }

    /** Damages bytes as a broken disk or a fuzzer does: changed, removed, repeated, cut off, in one to three places. */
    public static byte[] damaged(byte[] whole, Random random) {
        byte[] bytes = whole.clone();
        for (int i = 1 + random.nextInt(3); i > 0 && bytes.length > 0; i--) {
            int at = random.nextInt(Math.min(bytes.length, random.nextBoolean() ? 2048 : Integer.MAX_VALUE));
            int length = Math.min(1 + random.nextInt(16), bytes.length - at);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> java.util.Arrays.fill(bytes, at, at + length, (byte) (random.nextBoolean() ? 0xFF : 0));
                case 2 -> bytes = spliced(bytes, at, at + length, new byte[0]);
                case 3 -> bytes = spliced(bytes, at, at, java.util.Arrays.copyOfRange(bytes, at, at + length));
                case 4 -> bytes = java.util.Arrays.copyOf(bytes, at);
                default ->
                    bytes = spliced(
                            bytes,
                            at,
                            at + length,
                            String.valueOf(NUMBERS[random.nextInt(NUMBERS.length)])
                                    .getBytes(StandardCharsets.US_ASCII));
            }
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] middle) {
        byte[] result = new byte[bytes.length - (to - from) + middle.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(middle, 0, result, from, middle.length);
        System.arraycopy(bytes, to, result, from + middle.length, bytes.length - to);
        return result;
    }
}
