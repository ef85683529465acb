package org.jxapi.archive;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Reading;
import org.jxapi.measure.Sample;
import org.jxapi.measure.Source;
import org.jxapi.store.SafeFile;

/**
 * A file to which the values of each moment are appended. A record is its length, the CRC-32 of its content, and the content.
 * A content first describes the sources and owners that are new in the file, and then has the values of the owners. A kill
 * of the daemon loses nothing of it, and a power failure the records that the kernel has not yet written.
 */
final class JournalWriter implements AutoCloseable {
    static final byte SOURCE = 1;
    static final byte OWNER = 2;
    static final byte VALUES = 3;
    static final byte END = 4;
    static final byte STANDARD = 1;
    static final byte INVERSE = 2;
    static final byte WHOLE = 4;

    /** An owner as the file knows it. */
    private record Known(int number, int generation, List<Source> sources) {}

    private final FileChannel channel;
    private final Map<Source, Integer> sources = new HashMap<>();
    private final Map<Owner, Known> owners = new HashMap<>();

    private JournalWriter(FileChannel channel) {
        this.channel = channel;
    }

    /** Begins a file that must not be there. */
    static JournalWriter create(Path file) throws IOException {
        Files.createFile(file, SafeFile.PRIVATE);
        return new JournalWriter(FileChannel.open(file, StandardOpenOption.WRITE));
    }

    void append(double time, Map<Owner, Sample> samples) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeDouble(time);
        for (Map.Entry<Owner, Sample> entry : samples.entrySet()) {
            Known known = known(out, entry.getKey(), entry.getValue());
            out.writeByte(VALUES);
            out.writeInt(known.number());
            for (Reading reading : entry.getValue().readings()) {
                out.writeDouble(reading.value());
            }
        }
        out.writeByte(END);
        write(bytes.toByteArray());
    }

    private Known known(DataOutputStream out, Owner owner, Sample sample) throws IOException {
        List<Source> list = sample.readings().stream().map(Reading::source).toList();
        Known known = owners.get(owner);
        if (known != null
                && known.generation() == sample.generation()
                && known.sources().equals(list)) {
            return known;
        }
        for (Source source : list) {
            if (!sources.containsKey(source)) {
                describe(out, source);
                sources.put(source, sources.size());
            }
        }
        Known fresh = new Known(known == null ? owners.size() : known.number(), sample.generation(), list);
        owners.put(owner, fresh);
        out.writeByte(OWNER);
        out.writeInt(fresh.number());
        out.writeByte(owner.kind().ordinal());
        out.writeUTF(owner.uuid());
        out.writeInt(sample.generation());
        out.writeInt(list.size());
        for (Source source : list) {
            out.writeInt(sources.getOrDefault(source, 0));
        }
        return fresh;
    }

    private static void describe(DataOutputStream out, Source source) throws IOException {
        out.writeByte(SOURCE);
        out.writeUTF(source.name());
        out.writeUTF(source.about());
        out.writeUTF(source.units());
        out.writeByte(source.type().ordinal());
        out.writeDouble(source.min());
        out.writeDouble(source.max());
        out.writeByte(
                (source.standard() ? STANDARD : 0) | (source.inverse() ? INVERSE : 0) | (source.whole() ? WHOLE : 0));
    }

    private void write(byte[] content) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(content);
        ByteBuffer record = ByteBuffer.allocate(2 * Integer.BYTES + content.length);
        record.putInt(content.length).putInt((int) sum.getValue()).put(content).flip();
        while (record.hasRemaining()) {
            channel.write(record);
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            channel.force(true);
        }
    }
}
