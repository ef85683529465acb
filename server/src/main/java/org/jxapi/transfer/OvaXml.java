package org.jxapi.transfer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.local.ThisHost;
import org.jxapi.rpc.RpcException;
import org.jxapi.rpc.XmlRpc;
import org.jxapi.rpc.XmlRpcValue;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;

/** The description at the head of an archive: an XML-RPC value with records of the VM and of all that it uses. */
final class OvaXml {
    /** The lowest version that the format needs, so that older hosts can read the archive. */
    private static final List<String> WRITTEN = List.of("1", "9");

    /** The newest XAPI whose archives are known. */
    private static final long[] KNOWN = {26, 17};

    /** The longest XML declaration that is looked for, in bytes. */
    private static final int DECLARATION = 200;

    private OvaXml() {}

    /** A record of the archive: {@code id} is its reference there, {@code record} its members, untyped. */
    record Item(String className, String id, Map<String, Object> record) {
        /** A member that is text. */
        String text(String member) {
            return String.valueOf(record.getOrDefault(member, ""));
        }

        /** A member that is a map of text. */
        Map<String, Object> map(String member) {
            Map<String, Object> map = new LinkedHashMap<>();
            if (record.get(member) instanceof Map<?, ?> given) {
                given.forEach((k, v) -> map.put(String.valueOf(k), v));
            }
            return map;
        }

        boolean flag(String member) {
            return Boolean.TRUE.equals(record.get(member));
        }

        long number(String member) {
            try {
                return Long.parseLong(text(member).strip());
            } catch (NumberFormatException e) {
                throw Errors.importError("Invalid XVA file: " + member + " of " + id + " is no number")
                        .causedBy(e);
            }
        }
    }

    /** A description that is written. */
    interface Text {
        /** Passes its pieces on, the same ones each time. */
        void pieces(Consumer<byte[]> out);

        /** Its length in bytes. */
        default long length() {
            AtomicLong length = new AtomicLong();
            pieces(piece -> length.addAndGet(piece.length));
            return length.get();
        }
    }

    /** The description of these objects. */
    static Text of(ExportedObjects objects) {
        return out -> write(objects, text -> out.accept(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static void write(ExportedObjects objects, Consumer<String> out) {
        StringBuilder head = new StringBuilder("<value><struct><member><name>version</name><value><struct>");
        Row<Host> host = ThisHost.row(objects.snapshot());
        member(head, "hostname", host.get(Host.HOSTNAME));
        for (String name : List.of("date", "product_version", "product_brand", "build_number")) {
            member(head, name, host.get(Host.SOFTWARE_VERSION).getOrDefault(name, ""));
        }
        member(head, "xapi_major", WRITTEN.get(0));
        member(head, "xapi_minor", WRITTEN.get(1));
        member(head, "export_vsn", "2");
        out.accept(head.append("</struct></value></member><member><name>objects</name><value><array><data>")
                .toString());
        objects.each((id, row) -> {
            StringBuilder object = new StringBuilder("<value><struct>");
            member(object, "class", row.model().name());
            member(object, "id", id);
            out.accept(object.append("<member><name>snapshot</name>")
                    .append(XmlRpcValue.encode(new Type.Record(row.model().name()), row))
                    .append("</member></struct></value>")
                    .toString());
        });
        out.accept("</data></array></value></member></struct></value>");
    }

    private static void member(StringBuilder out, String name, String text) {
        out.append("<member><name>")
                .append(name)
                .append("</name>")
                .append(XmlRpcValue.encode(Type.Basic.STRING, text))
                .append("</member>");
    }

    /** Reads a description; IMPORT_ERROR when it is none, IMPORT_INCOMPATIBLE_VERSION when it is of a newer kind. */
    static List<Item> read(byte[] xml) {
        try {
            if (XmlRpc.parseValue(xml, begin(xml)) instanceof Map<?, ?> header
                    && header.get("version") instanceof Map<?, ?> version
                    && header.get("objects") instanceof List<?> objects) {
                checkVersion(version);
                return items(objects);
            }
        } catch (RpcException e) {
            throw Errors.importError("Invalid XVA file: ova.xml cannot be read").causedBy(e);
        }
        throw Errors.importError("Invalid XVA file: ova.xml describes no VM");
    }

    /** Where the value begins, which may come with an XML declaration. */
    private static int begin(byte[] xml) {
        int begin = 0;
        while (begin < xml.length && xml[begin] <= ' ' && xml[begin] >= 0) {
            begin++;
        }
        String start = new String(xml, begin, Math.min(DECLARATION, xml.length - begin), StandardCharsets.ISO_8859_1);
        return start.startsWith("<?xml") ? begin + Math.max(0, start.indexOf("?>") + 2) : begin;
    }

    private static void checkVersion(Map<?, ?> version) {
        long major = number(version.get("xapi_major"));
        long minor = number(version.get("xapi_minor"));
        if (major > KNOWN[0] || major == KNOWN[0] && minor > KNOWN[1]) {
            throw Errors.importIncompatibleVersion();
        }
        if (number(version.get("export_vsn")) < 2) {
            throw Errors.importError("The archive is older than the format with a checksum per block");
        }
    }

    private static long number(@Nullable Object value) {
        try {
            return Long.parseLong(String.valueOf(value).strip());
        } catch (NumberFormatException e) {
            throw Errors.importError("Invalid XVA file: no version").causedBy(e);
        }
    }

    /** The records of these objects, as an archive would give them. */
    static List<Item> items(ExportedObjects objects) {
        List<Item> items = new ArrayList<>();
        objects.each((id, row) -> {
            String xml = XmlRpcValue.encode(new Type.Record(row.model().name()), row);
            try {
                Object value = XmlRpc.parseValue(xml.getBytes(StandardCharsets.UTF_8), 0);
                items.add(new Item(row.model().name(), id, members((Map<?, ?>) value)));
            } catch (RpcException e) {
                throw new IllegalStateException("a record cannot be read again: " + id, e);
            }
        });
        return items;
    }

    private static Map<String, Object> members(Map<?, ?> record) {
        Map<String, Object> members = new LinkedHashMap<>();
        record.forEach((k, v) -> members.put(String.valueOf(k), v));
        return members;
    }

    private static List<Item> items(List<?> objects) {
        List<Item> items = new ArrayList<>();
        for (Object object : objects) {
            if (object instanceof Map<?, ?> map && map.get("snapshot") instanceof Map<?, ?> snapshot) {
                items.add(new Item(String.valueOf(map.get("class")), String.valueOf(map.get("id")), members(snapshot)));
            }
        }
        return items;
    }

    /** A reference that names nothing in an archive. */
    static boolean nothing(String id) {
        return id.isEmpty() || id.equals(Ref.nil().value());
    }
}
