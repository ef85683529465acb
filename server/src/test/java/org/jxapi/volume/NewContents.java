package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jxapi.image.Image;

/** Operations that give disk {@code a} the contents {@link #NEW}. */
enum NewContents {
    REVERT {
        @Override
        void make(Repository repository) throws IOException {
            assertThat(repository.revert("fresh", "a")).isTrue();
        }
    },
    IMPORT {
        @Override
        void make(Repository repository) throws IOException {
            try (Stage stage = repository.stage("a", MIB)) {
                try (Image image = stage.open()) {
                    image.write(0, ByteBuffer.wrap(contents(NEW)));
                    image.sync();
                }
                stage.take();
            }
        }
    },
    RESET {
        @Override
        void make(Repository repository) throws IOException {
            repository.reset("a", MIB);
        }
    };

    abstract void make(Repository repository) throws IOException;

    static final byte NEW = 2;
    private static final int MIB = 1 << 20;

    static byte[] contents(byte value) {
        byte[] bytes = new byte[MIB];
        Arrays.fill(bytes, value);
        return bytes;
    }

    /** Fills a disk with one byte. */
    static void write(Repository repository, String location, byte value) throws IOException {
        try (Image image = repository.open(location, true)) {
            image.write(0, ByteBuffer.wrap(contents(value)));
            image.sync();
        }
    }

    /** The byte with which a disk is filled. */
    static byte held(Repository repository, String location) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MIB);
        try (Image image = repository.open(location, false)) {
            image.read(0, bytes);
        }
        byte first = bytes.get(0);
        assertThat(bytes.array()).isEqualTo(contents(first));
        return first;
    }
}
