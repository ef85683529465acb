package org.jxapi.archive;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jxapi.measure.DataType;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Reading;
import org.jxapi.measure.Sample;
import org.jxapi.measure.Source;

/** Reads the records of a {@link JournalWriter} again, up to the end or the first that is damaged. */
final class JournalReader {
    /** Takes the values of one moment. */
    interface Moments {
        void take(double time, Map<Owner, Sample> samples);
    }

    private record Known(Owner owner, int generation, List<Source> sources) {}

    private final List<Source> sources = new ArrayList<>();
    private final Map<Integer, Known> owners = new LinkedHashMap<>();

    private JournalReader() {}

    /** Reads a file; an IOException reports a damaged record, after all before it were taken. */
    static void read(Path file, Moments moments) throws IOException {
        JournalReader reader = new JournalReader();
        long left = Files.size(file);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (left > 0) {
                int length = in.readInt();
                int sum = in.readInt();
                left -= 2 * Integer.BYTES;
                if (length < 0 || length > left) {
                    throw new EOFException("its last record is not complete");
                }
                byte[] content = in.readNBytes(length);
                left -= length;
                CRC32 read = new CRC32();
                read.update(content);
                if ((int) read.getValue() != sum) {
                    throw new IOException("a record is damaged");
                }
                reader.record(content, moments);
            }
        } catch (IndexOutOfBoundsException | NullPointerException e) {
            throw new IOException("a record is not valid", e);
        }
    }

    private void record(byte[] content, Moments moments) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        double time = in.readDouble();
        Map<Owner, Sample> samples = new LinkedHashMap<>();
        for (byte tag = in.readByte(); tag != JournalWriter.END; tag = in.readByte()) {
            switch (tag) {
                case JournalWriter.SOURCE -> sources.add(source(in));
                case JournalWriter.OWNER -> owners.put(in.readInt(), owner(in));
                case JournalWriter.VALUES -> {
                    Known known = owners.get(in.readInt());
                    if (known == null) {
                        throw new IOException("a record names an owner that is not known");
                    }
                    samples.put(known.owner(), sample(in, known));
                }
                default -> throw new IOException("a record has an unknown part");
            }
        }
        moments.take(time, samples);
    }

    private static Source source(DataInputStream in) throws IOException {
        String name = in.readUTF();
        String about = in.readUTF();
        String units = in.readUTF();
        DataType type = DataType.values()[in.readByte()];
        double min = in.readDouble();
        double max = in.readDouble();
        int flags = in.readByte();
        return new Source(
                name,
                about,
                units,
                type,
                min,
                max,
                (flags & JournalWriter.STANDARD) != 0,
                (flags & JournalWriter.INVERSE) != 0,
                (flags & JournalWriter.WHOLE) != 0);
    }

    private Known owner(DataInputStream in) throws IOException {
        Owner owner = new Owner(Owner.Kind.values()[in.readByte()], in.readUTF());
        int generation = in.readInt();
        int count = in.readInt();
        List<Source> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(sources.get(in.readInt()));
        }
        return new Known(owner, generation, list);
    }

    private static Sample sample(DataInputStream in, Known known) throws IOException {
        List<Reading> readings = new ArrayList<>();
        for (Source source : known.sources()) {
            readings.add(new Reading(source, in.readDouble()));
        }
        return new Sample(known.generation(), readings);
    }
}
