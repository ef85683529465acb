package org.jxapi.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Reading;
import org.jxapi.measure.Sample;
import org.jxapi.measure.Source;

class JournalTest {
    private static final Source MEMORY = Source.gauge("memory", "Memory", "B");
    private static final Source CPU = Source.fraction("cpu0", "CPU").inverted();

    @TempDir
    Path folder;

    private final Map<Double, Map<Owner, Sample>> read = new LinkedHashMap<>();

    private static Map<Owner, Sample> sample(int generation, double memory) {
        return Map.of(
                Owner.vm("a"),
                new Sample(generation, List.of(new Reading(MEMORY, memory), new Reading(CPU, memory / 2))));
    }

    private void replay() throws Exception {
        read.clear();
        new Journal(folder).replay(read::put);
    }

    @Test
    void everythingIsReadAsItWasWritten() throws Exception {
        Map<Double, Map<Owner, Sample>> written = new LinkedHashMap<>();
        try (Journal journal = new Journal(folder)) {
            for (int i = 0; i < 10; i++) {
                Map<Owner, Sample> samples = new LinkedHashMap<>(sample(i / 4, i));
                if (i > 5) {
                    samples.put(Owner.host("h"), new Sample(0, List.of(new Reading(MEMORY, Double.NaN))));
                }
                journal.append(100.5 + i, samples);
                written.put(100.5 + i, samples);
            }
        }
        replay();
        assertThat(read).isEqualTo(written);
    }

    /** A kill in the middle of a write leaves half a record at the end. */
    @Test
    void halfARecordCostsOnlyItself() throws Exception {
        try (Journal journal = new Journal(folder)) {
            for (int i = 0; i < 5; i++) {
                journal.append(i, sample(1, i));
            }
        }
        Path part = folder.resolve("journal-1");
        try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
            file.setLength(Files.size(part) - 3);
        }
        try (Journal journal = new Journal(folder)) {
            journal.append(5, sample(1, 5));
        }
        replay();
        assertThat(new ArrayList<>(read.keySet())).containsExactly(0.0, 1.0, 2.0, 3.0, 5.0);
    }

    @Test
    void aDamagedPartCostsNoOther() throws Exception {
        try (Journal journal = new Journal(folder)) {
            journal.append(1, sample(1, 1));
            journal.begin();
            journal.append(2, sample(1, 2));
        }
        Files.writeString(folder.resolve("journal-1"), "not a journal at all");
        replay();
        assertThat(read).containsOnlyKeys(2.0);
    }

    @Test
    void partsThatAreNotNeededAreRemoved() throws Exception {
        try (Journal journal = new Journal(folder)) {
            journal.append(1, sample(1, 1));
            journal.begin();
            journal.append(2, sample(1, 2));
            journal.dropOlder();
        }
        assertThat(folder.resolve("journal-1")).doesNotExist();
        replay();
        assertThat(read).containsOnlyKeys(2.0);
    }
}
