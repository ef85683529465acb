package org.jxapi.recovery;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Coerce;
import org.jxapi.rpc.RpcException;
import org.jxapi.rpc.XmlRpc;
import org.jxapi.rpc.XmlRpcValue;
import org.jxapi.storage.DatabaseDisk;
import org.jxapi.storage.OpenDisk;
import org.jxapi.store.ReadOnlyStore;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMAppliance;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.XenModel;

/**
 * The form of a copy of a pool's database: what another pool needs to run its VMs. It is a gzip stream of records. Each
 * is its length in bytes (4 bytes, big-endian) and a value of XML-RPC: a struct of the class, the reference and the
 * record. A length of 0 ends it.
 */
final class DatabaseCopy {
    /** The classes that are in a copy. */
    static final List<ClassModel<?>> CLASSES = List.of(
            Pool.XEN_CLASS,
            SR.XEN_CLASS,
            Network.XEN_CLASS,
            VMAppliance.XEN_CLASS,
            VM.XEN_CLASS,
            VDI.XEN_CLASS,
            VBD.XEN_CLASS,
            VIF.XEN_CLASS);

    /** Fields that change by themselves, and that another pool finds out. */
    private static final Set<Field<?, ?>> VOLATILE = Set.of(
            SR.PHYSICAL_SIZE, SR.PHYSICAL_UTILISATION, SR.VIRTUAL_ALLOCATION, VDI.PHYSICAL_UTILISATION, VM.RESIDENT_ON);

    /** The largest record, in bytes. */
    private static final int LARGEST = 4 << 20;

    private DatabaseCopy() {}

    /** The check sum of the contents, which changes whenever they do. */
    static String digest(Snapshot now) {
        MessageDigest digest = sha256();
        each(now, record -> {
            digest.update(length(record.length));
            digest.update(record);
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Writes the copy behind the head of a disk; its length in bytes. */
    static long write(Snapshot now, OpenDisk disk) {
        Writer out = new Writer(disk);
        try (GZIPOutputStream packed = new GZIPOutputStream(out, Writer.PIECE)) {
            each(now, record -> {
                try {
                    packed.write(length(record.length));
                    packed.write(record);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            packed.write(length(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.written();
    }

    private static byte[] length(int bytes) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(bytes).array();
    }

    /** Passes on each record, in the same order whenever the contents are the same. */
    private static void each(Snapshot now, Consumer<byte[]> out) {
        for (ClassModel<?> model : CLASSES) {
            records(now, model, out);
        }
    }

    private static <C> void records(Snapshot now, ClassModel<C> model, Consumer<byte[]> out) {
        now.all(model).stream()
                .filter(stored -> belongs(now, stored.row()))
                .sorted((a, b) -> a.ref().value().compareTo(b.ref().value()))
                .forEach(stored -> out.accept(record(stored)));
    }

    /** Pools have their own templates and control domains, and disks with copies are not copied. */
    private static boolean belongs(Snapshot now, Row<?> row) {
        if (row.model() == VM.XEN_CLASS) {
            Row<VM> vm = row.as(VM.XEN_CLASS);
            return !vm.get(VM.IS_DEFAULT_TEMPLATE) && !vm.get(VM.IS_CONTROL_DOMAIN);
        }
        if (row.model() == VBD.XEN_CLASS) {
            return ofVm(now, row.as(VBD.XEN_CLASS).get(VBD.VM));
        }
        if (row.model() == VIF.XEN_CLASS) {
            return ofVm(now, row.as(VIF.XEN_CLASS).get(VIF.VM));
        }
        return row.model() != VDI.XEN_CLASS || row.as(VDI.XEN_CLASS).get(VDI.TYPE) != VdiType.METADATA;
    }

    private static boolean ofVm(Snapshot now, Ref<VM> vm) {
        return now.find(vm).filter(stored -> belongs(now, stored.row())).isPresent();
    }

    private static byte[] record(Stored<?> stored) {
        Row<?> row = stored.row();
        String className = row.model().name();
        String text = "<value><struct>" + member("class", XmlRpcValue.encode(Type.Basic.STRING, className))
                + member(
                        "ref",
                        XmlRpcValue.encode(Type.Basic.STRING, stored.ref().value()))
                + member("record", XmlRpcValue.encode(new Type.Record(className), kept(row)))
                + "</struct></value>";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String member(String name, String value) {
        return "<member><name>" + name + "</name>" + value + "</member>";
    }

    /** Of the pool its name only: its settings are about its own hosts. */
    private static <C> Row<?> kept(Row<C> row) {
        if (row.model() == Pool.XEN_CLASS) {
            Row<Pool> pool = row.as(Pool.XEN_CLASS);
            return Row.of(Pool.XEN_CLASS)
                    .with(Pool.UUID, pool.get(Pool.UUID))
                    .with(Pool.NAME_LABEL, pool.get(Pool.NAME_LABEL))
                    .with(Pool.NAME_DESCRIPTION, pool.get(Pool.NAME_DESCRIPTION));
        }
        ClassModel<C> model = row.model();
        Object[] values = new Object[model.fields().size()];
        for (Field<C, ?> field : model.fields()) {
            boolean kept = field.persist() && !field.derived() && !VOLATILE.contains(field);
            values[field.index()] = kept ? row.get(field.index()) : field.defaultValue();
        }
        return Row.of(model, values);
    }

    /**
     * Reads a copy.
     *
     * @param most bytes that are unpacked
     * @throws IOException when the disk holds none, or a larger one; its message says so
     */
    static Contents read(OpenDisk disk, DatabaseDisk head, long most) throws IOException {
        MessageDigest digest = sha256();
        Map<Ref<?>, Row<?>> rows = new LinkedHashMap<>();
        long bytes = 0;
        try (DataInputStream in =
                new DataInputStream(new GZIPInputStream(new Reader(disk, head.length()), Reader.PIECE))) {
            for (int length = in.readInt(); length != 0; length = in.readInt()) {
                if (length < 0 || length > LARGEST) {
                    throw new IOException("The copy is damaged: a record has " + length + " bytes.");
                }
                bytes += length;
                if (bytes > most) {
                    throw new IOException("The copy needs more memory than there is for it: it has more than " + most
                            + " bytes. Log out of other sessions that VDI.open_database returned, or give jxapid more"
                            + " heap.");
                }
                byte[] record = in.readNBytes(length);
                digest.update(length(length));
                digest.update(record);
                add(rows, record);
            }
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(head.digest())) {
            throw new IOException("The copy is damaged: its check sum differs.");
        }
        return new Contents(ReadOnlyStore.of(rows), bytes);
    }

    /**
     * A copy that was read.
     *
     * @param bytes its size, unpacked
     */
    record Contents(ReadOnlyStore store, long bytes) {}

    private static void add(Map<Ref<?>, Row<?>> rows, byte[] bytes) throws IOException {
        try {
            if (XmlRpc.parseValue(bytes, 0) instanceof Map<?, ?> object
                    && object.get("class") instanceof String className
                    && object.get("ref") instanceof String text
                    && object.get("record") instanceof Map<?, ?> record) {
                ClassModel<?> model = XenModel.get(className);
                if (model != null && CLASSES.contains(model) && text.startsWith("OpaqueRef:")) {
                    Map<String, Object> members = new LinkedHashMap<>();
                    record.forEach((name, value) -> members.put(String.valueOf(name), value));
                    if (rows.put(model.ref(text), Coerce.whole(model, members)) == null) {
                        return;
                    }
                }
            }
        } catch (RpcException | RuntimeException e) {
            throw new IOException("The copy is damaged: a record cannot be read.", e);
        }
        throw new IOException("The copy is damaged: a record is not of a pool's database.");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes behind the head, in pieces. */
    private static final class Writer extends OutputStream {
        static final int PIECE = 64 * 1024;

        private final OpenDisk disk;
        private final byte[] piece = new byte[PIECE];
        private int used;
        private long at = DatabaseDisk.HEAD;

        Writer(OpenDisk disk) {
            this.disk = disk;
        }

        long written() {
            return at + used - DatabaseDisk.HEAD;
        }

        @Override
        public void write(int value) {
            if (used == PIECE) {
                flush();
            }
            piece[used++] = (byte) value;
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            for (int done = 0; done < length; ) {
                if (used == PIECE) {
                    flush();
                }
                int some = Math.min(PIECE - used, length - done);
                System.arraycopy(bytes, from + done, piece, used, some);
                used += some;
                done += some;
            }
        }

        @Override
        public void flush() {
            disk.write(at, piece, used);
            at += used;
            used = 0;
        }

        @Override
        public void close() {
            flush();
        }
    }

    /** Reads behind the head, so many bytes. */
    private static final class Reader extends InputStream {
        static final int PIECE = 64 * 1024;

        private final OpenDisk disk;
        private long left;
        private long at = DatabaseDisk.HEAD;
        private InputStream piece = new ByteArrayInputStream(new byte[0]);

        Reader(OpenDisk disk, long length) {
            this.disk = disk;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            int some = piece.read(to, from, length);
            if (some >= 0 || left == 0) {
                return some;
            }
            byte[] next = new byte[(int) Math.min(PIECE, left)];
            disk.read(at, next, next.length);
            at += next.length;
            left -= next.length;
            piece = new ByteArrayInputStream(next);
            return piece.read(to, from, length);
        }
    }
}
