package org.jxapi.xe;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An OVF envelope and the files next to it that it names, sent as the one file that an OVA is: a tar (POSIX ustar). The
 * envelope can name files of its own folder only.
 */
final class OvfPackage {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final long MOST_ENVELOPE = 2 << 20;
    private static final long LARGEST_OCTAL = 1L << 33;
    private static final Pattern FILE = Pattern.compile("<(?:\\w+:)?File\\b[^>]*?\\bhref=[\"']([^\"']+)[\"']");

    private OvfPackage() {}

    static boolean is(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".ovf");
    }

    static Source open(Path envelope) throws IOException {
        if (Files.size(envelope) > MOST_ENVELOPE) {
            throw new ClientException(envelope + " is too large for an OVF envelope.");
        }
        List<Path> files = new ArrayList<>(List.of(envelope));
        String stem = envelope.getFileName().toString().replaceFirst("(?i)\\.ovf$", "");
        Path manifest = envelope.resolveSibling(stem + ".mf");
        if (Files.isRegularFile(manifest)) {
            files.add(manifest);
        }
        Matcher named = FILE.matcher(Files.readString(envelope, StandardCharsets.UTF_8));
        while (named.find()) {
            Path file = envelope.resolveSibling(named.group(1).replace("&amp;", "&"));
            if (named.group(1).contains("/") || !Files.isRegularFile(file)) {
                throw new ClientException("The OVF envelope names " + named.group(1) + ", which is not next to it.");
            }
            if (!files.contains(file)) {
                files.add(file);
            }
        }
        return tar(files);
    }

    private static Source tar(List<Path> files) throws IOException {
        long size = 2 * BLOCK;
        List<InputStream> parts = new ArrayList<>();
        for (Path file : files) {
            long bytes = Files.size(file);
            int padding = (int) (-bytes & BLOCK - 1);
            parts.add(new ByteArrayInputStream(header(file.getFileName().toString(), bytes)));
            parts.add(Files.newInputStream(file));
            parts.add(new ByteArrayInputStream(new byte[padding]));
            size += BLOCK + bytes + padding;
        }
        parts.add(new ByteArrayInputStream(new byte[2 * BLOCK]));
        return new Source(new SequenceInputStream(Collections.enumeration(parts)), size);
    }

    private static byte[] header(String name, long size) throws IOException {
        byte[] label = name.getBytes(StandardCharsets.UTF_8);
        if (label.length > NAME) {
            throw new ClientException("The name of " + name + " is longer than " + NAME + " bytes.");
        }
        ByteBuffer block = ByteBuffer.allocate(BLOCK).put(label);
        block.position(NAME).put(ascii("0000644\0")).put(ascii("0000000\0")).put(ascii("0000000\0"));
        if (size < LARGEST_OCTAL) {
            block.put(ascii(String.format("%011o\0", size)));
        } else {
            // GNU's form of larger numbers.
            block.put((byte) 0x80).put(new byte[3]).putLong(size);
        }
        block.put(ascii("00000000000\0")).put(ascii("        ")).put((byte) '0');
        block.position(257).put(ascii("ustar\00000"));
        int sum = 0;
        for (byte b : block.array()) {
            sum += b & 0xFF;
        }
        return block.position(148).put(ascii(String.format("%06o\0 ", sum))).array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
